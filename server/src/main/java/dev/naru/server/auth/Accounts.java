package dev.naru.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Who may come in: {@code admin} with the generated password, the robot {@code ci} that pipelines
 * push with, and one user {@code run-<name>} for each pipeline run.
 *
 * <p>Run passwords and session cookies are HMAC-SHA256 (RFC 2104) of what they grant under this
 * installation's key, so none is stored and all survive a restart.
 */
public final class Accounts {
  /** How long a session of the console lasts without signing in again. */
  public static final Duration SESSION = Duration.ofHours(12);

  private static final String ADMIN = "admin";
  private static final String CI = "ci";
  private static final String RUN = "run-";

  private final String adminPassword;
  private final String adminToken;
  private final SecretKeySpec key;
  private final Clock clock;

  public Accounts(String adminPassword, String adminToken, String key, Clock clock) {
    this.adminPassword = adminPassword;
    this.adminToken = adminToken;
    this.key = new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    this.clock = clock;
  }

  /** The user of a name and password, for web sign-in, Git over HTTP and the registry. */
  public Optional<User> byPassword(String name, String password) {
    if (name.equals(ADMIN)) {
      // Git and registry clients may use the token in the password's place.
      boolean right = same(password, adminPassword) || same(password, adminToken);
      return right ? Optional.of(new User(ADMIN, Role.ADMIN)) : Optional.empty();
    }
    if (name.equals(CI)) {
      return same(password, ciPassword())
          ? Optional.of(new User(CI, Role.WRITE))
          : Optional.empty();
    }
    if (name.startsWith(RUN)) {
      return same(password, runPassword(name.substring(RUN.length())))
          ? Optional.of(new User(name, Role.READ))
          : Optional.empty();
    }
    return Optional.empty();
  }

  /** The user of a bearer token of the Kubernetes API. */
  public Optional<User> byToken(String token) {
    return same(token, adminToken) ? Optional.of(new User(ADMIN, Role.ADMIN)) : Optional.empty();
  }

  public String adminToken() {
    return adminToken;
  }

  /** The password of {@code ci}, which may push to every repository and to the registry. */
  public String ciPassword() {
    return mac("password\0" + CI);
  }

  /** The password of user {@code run-<run>}, which may read repositories. */
  public String runPassword(String run) {
    return mac("run\0" + run);
  }

  /** A cookie value that {@link #bySession} accepts until {@link #SESSION} from now. */
  public String newSession(User user) {
    long until = clock.instant().plus(SESSION).getEpochSecond();
    String grant = user.name() + "|" + user.role() + "|" + until;
    return Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(grant.getBytes(StandardCharsets.UTF_8))
        + "."
        + mac("session\0" + grant);
  }

  public Optional<User> bySession(String cookie) {
    int dot = cookie.indexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    String grant;
    try {
      grant =
          new String(
              Base64.getUrlDecoder().decode(cookie.substring(0, dot)), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (!same(cookie.substring(dot + 1), mac("session\0" + grant))) {
      return Optional.empty();
    }
    // Signed by us, so it has our shape.
    String[] parts = grant.split("\\|", -1);
    boolean expired = clock.instant().isAfter(Instant.ofEpochSecond(Long.parseLong(parts[2])));
    return expired ? Optional.empty() : Optional.of(new User(parts[0], Role.valueOf(parts[1])));
  }

  private String mac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new AssertionError("every Java platform has HmacSHA256", e);
    }
  }

  private static boolean same(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }
}
