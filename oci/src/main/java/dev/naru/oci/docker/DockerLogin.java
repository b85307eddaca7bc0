package dev.naru.oci.docker;

import dev.naru.oci.docker.DockerCommand.Failure;
import dev.naru.oci.docker.DockerCommand.World;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code docker login} and {@code logout}: logins in docker's own config.json (mode 0600). */
final class DockerLogin {
  private static final String DOCKER_HUB = "https://index.docker.io/v1/";

  private final World world;

  DockerLogin(World world) {
    this.world = world;
  }

  private Path config() {
    String folder =
        world
            .env()
            .getOrDefault("DOCKER_CONFIG", world.env().getOrDefault("HOME", "/root") + "/.docker");
    return Path.of(folder).resolve("config.json");
  }

  void login(List<String> words) throws Failure, IOException {
    String user = "";
    String password = "";
    String registry = DOCKER_HUB;
    boolean fromInput = false;
    List<String> rest = new ArrayList<>(words);
    while (!rest.isEmpty()) {
      String word = rest.removeFirst();
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      if (equals >= 0) {
        rest.addFirst(word.substring(equals + 1));
        word = word.substring(0, equals);
      }
      switch (word) {
        case "-u", "--username" -> user = value(word, rest);
        case "-p", "--password" -> password = value(word, rest);
        case "--password-stdin" -> fromInput = true;
        default -> {
          if (word.startsWith("-")) {
            throw new Failure("docker login: option " + word + " is not supported here.");
          }
          registry = word;
        }
      }
    }
    if (fromInput) {
      password = new String(world.in().readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
    }
    if (user.isEmpty() || password.isEmpty()) {
      throw new Failure("docker login needs -u and a password (-p or --password-stdin).");
    }
    Map<String, String> request = new LinkedHashMap<>();
    request.put("username", user);
    request.put("password", password);
    request.put("serveraddress", registry.equals(DOCKER_HUB) ? "" : registry);
    new DockerClient(world).call("POST", "/auth", SmallJson.write(request));
    Map<String, String> auths = auths();
    String pair = user + ":" + password;
    auths.put(registry, Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    save(auths);
    world.out().println("Login Succeeded");
  }

  private static String value(String option, List<String> rest) throws Failure {
    if (rest.isEmpty()) {
      throw new Failure("docker login: option " + option + " needs a value.");
    }
    return rest.removeFirst();
  }

  void logout(List<String> words) throws Failure, IOException {
    String registry = words.isEmpty() ? DOCKER_HUB : words.getFirst();
    Map<String, String> auths = auths();
    if (auths.remove(registry) != null) {
      save(auths);
    }
    world.out().println("Removing login credentials for " + registry);
  }

  private Map<String, String> auths() throws Failure, IOException {
    Map<String, String> auths = new LinkedHashMap<>();
    if (!Files.isRegularFile(config())) {
      return auths;
    }
    try {
      Object json = SmallJson.parse(Files.readString(config()));
      SmallJson.object(SmallJson.object(json).getOrDefault("auths", ""))
          .forEach((registry, entry) -> auths.put(registry, SmallJson.text(entry, "auth")));
      return auths;
    } catch (IllegalArgumentException e) {
      throw new Failure("docker: " + config() + " is not valid JSON: " + e.getMessage());
    }
  }

  private void save(Map<String, String> auths) throws IOException {
    List<String> parts = new ArrayList<>();
    auths.forEach(
        (registry, auth) ->
            parts.add(SmallJson.quote(registry) + ":" + SmallJson.write(Map.of("auth", auth))));
    Path file = config();
    Files.createDirectories(file.getParent());
    Path temporary =
        Files.createTempFile(
            file.getParent(),
            "config",
            ".tmp",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(temporary, "{\"auths\":{" + String.join(",", parts) + "}}\n");
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * The X-Registry-Auth header for an image: base64url of JSON; of an empty object without login.
   */
  String authFor(String image) throws Failure, IOException {
    int slash = image.indexOf('/');
    String first = slash < 0 ? "" : image.substring(0, slash);
    boolean isHost = first.contains(".") || first.contains(":") || first.equals("localhost");
    String auth = auths().getOrDefault(isHost ? first : DOCKER_HUB, "");
    Map<String, String> request = new LinkedHashMap<>();
    if (!auth.isEmpty()) {
      String pair = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      request.put("username", pair.substring(0, Math.max(colon, 0)));
      request.put("password", pair.substring(colon + 1));
    }
    return Base64.getUrlEncoder()
        .encodeToString(SmallJson.write(request).getBytes(StandardCharsets.UTF_8));
  }
}
