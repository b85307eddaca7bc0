package dev.naru.oci;

import com.fasterxml.jackson.databind.JsonNode;
import dev.naru.base.Digest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One repository of a registry elsewhere: pulls and pushes by the OCI distribution spec 1.1, with
 * Basic and Bearer (token) authentication. HTTPS, but plain HTTP for loopback hosts. Redirects are
 * followed; the login goes to the registry and its token service only.
 */
public final class RemoteRegistry implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(10);
  private static final int ERROR_SIZE_MAX = 2_000;
  private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");

  private final String registry;
  private final String repository;
  private final Optional<RegistryLogin> login;
  private final URI base;
  private final HttpClient http;
  private @Nullable String authorization;

  private RemoteRegistry(String registry, String repository, Optional<RegistryLogin> login) {
    this.registry = registry;
    this.repository = repository;
    this.login = login;
    String host = registry.equals("docker.io") ? "registry-1.docker.io" : registry;
    String scheme = isLoopback(host) ? "http" : "https";
    this.base = URI.create(scheme + "://" + host + "/v2/");
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  /** The repository that {@code image} names; no network is touched yet. */
  static RemoteRegistry of(ImageRef image, Optional<RegistryLogin> login) {
    return new RemoteRegistry(image.registry(), image.repository(), login);
  }

  private static boolean isLoopback(String registry) {
    String host = registry.replaceFirst(":\\d+$", "");
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }

  /** A manifest by tag or digest, or empty when the registry has none of that name. */
  Optional<ImageStore.Stored> manifest(String reference) {
    HttpRequest.Builder request = get("manifests/" + reference);
    MediaTypes.MANIFESTS.forEach(type -> request.header("Accept", type));
    HttpResponse<InputStream> response = send(request, "pull");
    try (InputStream body = response.body()) {
      if (response.statusCode() == 404) {
        return Optional.empty();
      }
      require(response, 200, "pull " + reference);
      byte[] bytes = body.readNBytes(Manifest.SIZE_MAX + 1);
      if (bytes.length > Manifest.SIZE_MAX) {
        throw Json.invalid(
            "manifest of " + repository, "it is over " + Manifest.SIZE_MAX + " bytes");
      }
      Digest digest = Digest.of(bytes);
      if (reference.startsWith("sha256:") && !reference.equals(digest.toString())) {
        throw new OciException(
            OciException.DIGEST_MISMATCH,
            "Asked %s for %s of '%s' but its answer has digest %s."
                .formatted(registry, reference, repository, digest));
      }
      String type = response.headers().firstValue("Content-Type").orElse("").split(";")[0].strip();
      return Optional.of(new ImageStore.Stored(digest, type, bytes));
    } catch (IOException e) {
      throw failed("pull " + reference, e);
    }
  }

  /** Copies a blob into {@code blobs}, verified; no-op when it is there. */
  void pullBlob(Digest digest, BlobStore blobs) {
    if (blobs.has(digest)) {
      return;
    }
    HttpResponse<InputStream> response = send(get("blobs/" + digest), "pull");
    try (InputStream body = response.body()) {
      require(response, 200, "pull blob " + digest);
      blobs.put(body, digest);
    } catch (IOException e) {
      throw failed("pull blob " + digest, e);
    }
  }

  /** Copies a blob from {@code blobs} to the registry; no-op when it is there. */
  void pushBlob(Digest digest, BlobStore blobs) {
    HttpRequest.Builder head = request("blobs/" + digest).HEAD();
    HttpResponse<InputStream> there = send(head, "pull,push");
    drain(there);
    if (there.statusCode() == 200) {
      return;
    }
    HttpResponse<InputStream> begun =
        send(request("blobs/uploads/").POST(BodyPublishers.noBody()), "pull,push");
    require(begun, 202, "begin the upload of blob " + digest);
    drain(begun);
    String location = begun.headers().firstValue("Location").orElse("");
    URI target = begun.uri().resolve(location);
    String query =
        (target.getRawQuery() == null ? "?" : "&") + "digest=" + encode(digest.toString());
    try {
      HttpRequest.Builder put =
          request(URI.create(target + query))
              .header("Content-Type", "application/octet-stream")
              .PUT(BodyPublishers.ofFile(blobs.path(digest)));
      HttpResponse<InputStream> done = send(put, "pull,push");
      require(done, 201, "push blob " + digest);
      drain(done);
    } catch (FileNotFoundException e) {
      throw failed("push blob " + digest, e);
    }
  }

  /** Pushes a manifest whose blobs are all there, under a tag or its digest. */
  void pushManifest(ImageStore.Stored manifest, String reference) {
    HttpRequest.Builder put =
        request("manifests/" + reference)
            .header("Content-Type", manifest.mediaType())
            .PUT(BodyPublishers.ofByteArray(manifest.bytes()));
    HttpResponse<InputStream> response = send(put, "pull,push");
    require(response, 201, "push " + reference);
    drain(response);
  }

  /**
   * @throws OciException {@code OCI_REGISTRY_FAILED} when the registry does not take the login
   */
  void checkLogin() {
    HttpResponse<InputStream> response = send(request(base).GET(), "pull");
    require(response, 200, "log in");
    drain(response);
  }

  private HttpRequest.Builder get(String path) {
    return request(path).GET();
  }

  private HttpRequest.Builder request(String path) {
    return request(base.resolve(repository + "/" + path));
  }

  private static HttpRequest.Builder request(URI uri) {
    return HttpRequest.newBuilder(uri).timeout(ANSWER_TIMEOUT).header("User-Agent", "naru");
  }

  private HttpResponse<InputStream> send(HttpRequest.Builder request, String actions) {
    HttpResponse<InputStream> response = sendOnce(request);
    if (response.statusCode() != 401) {
      return response;
    }
    drain(response);
    String challenge = response.headers().firstValue("WWW-Authenticate").orElse("");
    authorization = authorize(challenge, actions);
    return sendOnce(request);
  }

  private HttpResponse<InputStream> sendOnce(HttpRequest.Builder request) {
    if (authorization != null) {
      request.setHeader("Authorization", authorization);
    }
    return exchange(request.build());
  }

  private HttpResponse<InputStream> exchange(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw failed("reach it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OciException(
          OciException.REGISTRY_FAILED, "Talking to registry " + registry + " was interrupted.", e);
    }
  }

  /** Answers a challenge: RFC 7617 Basic, or the distribution project's token scheme. */
  private String authorize(String challenge, String actions) {
    if (challenge.regionMatches(true, 0, "Basic", 0, 5)) {
      return basic(
          login.orElseThrow(
              () -> failed("use '" + repository + "': it asks for a login, do 'docker login'")));
    }
    if (!challenge.regionMatches(true, 0, "Bearer", 0, 6)) {
      throw failed("use '" + repository + "': it asks for the unknown login '" + challenge + "'");
    }
    String realm = "";
    String service = "";
    Matcher parameters = PARAMETER.matcher(challenge);
    while (parameters.find()) {
      switch (parameters.group(1)) {
        case "realm" -> realm = parameters.group(2);
        case "service" -> service = parameters.group(2);
        default -> {}
      }
    }
    String scope = "repository:" + repository + ":" + actions;
    URI uri = URI.create(realm + "?service=" + encode(service) + "&scope=" + encode(scope));
    if (!"https".equals(uri.getScheme()) && !isLoopback(String.valueOf(uri.getHost()))) {
      throw failed("get a token: its token service " + realm + " is not https");
    }
    HttpRequest.Builder request = request(uri).GET();
    login.ifPresent(l -> request.header("Authorization", basic(l)));
    HttpResponse<InputStream> response = exchange(request.build());
    require(response, 200, "get a token for '" + repository + "'");
    try (InputStream body = response.body()) {
      JsonNode token = Json.parse(body.readNBytes(Manifest.SIZE_MAX), "token answer");
      return "Bearer " + token.path("token").asText(token.path("access_token").asText());
    } catch (IOException e) {
      throw failed("get a token for '" + repository + "'", e);
    }
  }

  private static String basic(RegistryLogin login) {
    String pair = login.username() + ":" + login.password();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static void drain(HttpResponse<InputStream> response) {
    try (InputStream body = response.body()) {
      body.readNBytes(ERROR_SIZE_MAX);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void require(HttpResponse<InputStream> response, int status, String tried) {
    if (response.statusCode() == status) {
      return;
    }
    try (InputStream body = response.body()) {
      String text = new String(body.readNBytes(ERROR_SIZE_MAX), StandardCharsets.UTF_8).strip();
      String hint = response.statusCode() == 401 ? " Is the login right ('docker login')?" : "";
      throw new OciException(
          OciException.REGISTRY_FAILED,
          "Tried to %s in '%s' of registry %s but it answered %d: %s%s"
              .formatted(tried, repository, registry, response.statusCode(), text, hint));
    } catch (IOException e) {
      throw failed(tried, e);
    }
  }

  private OciException failed(String tried) {
    return new OciException(
        OciException.REGISTRY_FAILED,
        "Tried to use registry " + registry + " but cannot " + tried + ".");
  }

  private OciException failed(String tried, IOException cause) {
    return new OciException(
        OciException.REGISTRY_FAILED,
        "Tried to %s at registry %s but failed because of: %s".formatted(tried, registry, cause),
        cause);
  }

  @Override
  public void close() {
    http.close();
  }
}
