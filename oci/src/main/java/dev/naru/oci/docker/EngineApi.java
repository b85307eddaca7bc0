package dev.naru.oci.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.base.FileTrees;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageRef;
import dev.naru.oci.ImageStore.Stored;
import dev.naru.oci.Images;
import dev.naru.oci.LayerStore;
import dev.naru.oci.Manifest;
import dev.naru.oci.OciException;
import dev.naru.oci.PullPolicy;
import dev.naru.oci.RegistryLogin;
import dev.naru.oci.build.BuildRequest;
import dev.naru.oci.build.ImageBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** Routes and answers of the Docker Engine API. Source: Docker Engine API v1.41. */
final class EngineApi extends Handler.Abstract {
  private static final String API_VERSION = "1.41";
  private static final String OLDEST_API_VERSION = "1.24";
  private static final int BODY_SIZE_MAX = 1 << 20;
  private static final int LAST_LINES = 40;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Images images;
  private final ImageBuilder builder;
  private final ImageListener listener;
  private final Clock clock;
  private final SessionImages session = new SessionImages();
  private final Set<Thread> building = ConcurrentHashMap.newKeySet();

  EngineApi(Images images, ImageBuilder builder, ImageListener listener, Clock clock) {
    this.images = images;
    this.builder = builder;
    this.listener = listener;
    this.clock = clock;
  }

  void cancelBuilds() {
    building.forEach(Thread::interrupt);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    response.getHeaders().put("Api-Version", API_VERSION);
    response.getHeaders().put("Ostype", "linux");
    response.getHeaders().put("Docker-Experimental", "false");
    response.getHeaders().put("Server", "Naru");
    try {
      route(request, response);
    } catch (OciException e) {
      error(response, statusOf(e), String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      error(response, 400, String.valueOf(e.getMessage()));
    } catch (JsonProcessingException e) {
      error(response, 400, "the request is not valid JSON: " + e.getOriginalMessage());
    }
    callback.succeeded();
    return true;
  }

  private static int statusOf(OciException e) {
    return switch (e.code()) {
      case OciException.IMAGE_UNKNOWN, OciException.BLOB_UNKNOWN -> 404;
      case OciException.NAME_INVALID, OciException.DOCKERFILE_INVALID -> 400;
      case OciException.UNSUPPORTED -> 501;
      default -> 500;
    };
  }

  private void route(Request request, Response response) throws Exception {
    String path = Request.getPathInContext(request).replaceFirst("^/v1\\.\\d+/", "/");
    String method = request.getMethod();
    boolean get = method.equals("GET") || method.equals("HEAD");
    if (get && path.equals("/_ping")) {
      response.getHeaders().put("Builder-Version", "1");
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
      write(response, method.equals("HEAD") ? "" : "OK");
    } else if (get && path.equals("/version")) {
      json(response, 200, version());
    } else if (get && path.equals("/info")) {
      json(response, 200, info());
    } else if (method.equals("POST") && path.equals("/auth")) {
      auth(request, response);
    } else if (method.equals("POST") && path.equals("/build")) {
      build(request, response);
    } else if (method.equals("POST") && path.equals("/images/create")) {
      pull(request, response);
    } else if (get && path.equals("/images/json")) {
      json(response, 200, list());
    } else if (path.startsWith("/images/")) {
      image(method, path.substring("/images/".length()), request, response);
    } else {
      unsupported(method, path, response);
    }
  }

  private void image(String method, String rest, Request request, Response response)
      throws Exception {
    if (method.equals("GET") && rest.endsWith("/json")) {
      json(response, 200, inspect(find(cut(rest, "/json"))));
    } else if (method.equals("POST") && rest.endsWith("/tag")) {
      Fields query = Request.extractQueryParameters(request);
      String tag = value(query, "tag");
      String repo = value(query, "repo");
      session.name(
          ImageRef.parse(tag.isEmpty() ? repo : repo + ":" + tag), find(cut(rest, "/tag")));
      response.setStatus(201);
    } else if (method.equals("POST") && rest.endsWith("/push")) {
      push(cut(rest, "/push"), request, response);
    } else if (method.equals("DELETE")) {
      remove(rest, response);
    } else {
      unsupported(method, "/images/" + rest, response);
    }
  }

  private static String cut(String text, String suffix) {
    return text.substring(0, text.length() - suffix.length());
  }

  private static void unsupported(String method, String path, Response response)
      throws IOException {
    error(
        response,
        501,
        "Naru builds images, it does not run containers by docker: '%s %s' is not supported; use a"
                .formatted(method, path)
            + " stage of the pipeline, or the RUN of a Dockerfile, for what should run.");
  }

  private void build(Request request, Response response) throws Exception {
    Fields query = Request.extractQueryParameters(request);
    if (!value(query, "remote").isEmpty()) {
      throw new OciException(
          OciException.UNSUPPORTED, "Contexts from a URL are not supported: check it out first.");
    }
    List<ImageRef> names = new ArrayList<>();
    Optional.ofNullable(query.getValues("t")).orElse(List.of()).stream()
        .filter(t -> !t.isEmpty())
        .forEach(t -> names.add(ImageRef.parse(t)));
    boolean quiet = isTrue(query, "q");
    Map<String, String> buildArgs = map(value(query, "buildargs"));
    Map<String, String> labels = map(value(query, "labels"));
    List<String> texts = names.stream().map(ImageRef::familiar).toList();
    Instant started = clock.instant();
    listener.on(new ImageEvent.BuildStarted(texts, started));
    Deque<String> last = new ArrayDeque<>();
    Path scratch = images.layers().scratch("context");
    Thread worker = Thread.currentThread();
    building.add(worker);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      Progress progress = new Progress(out, worker);
      try {
        try (InputStream body = Content.Source.asInputStream(request)) {
          LayerStore.unpackArchive(body, scratch);
        }
        String file = value(query, "dockerfile");
        BuildRequest what =
            new BuildRequest(
                scratch,
                file.isEmpty() ? "Dockerfile" : file,
                buildArgs,
                value(query, "target"),
                isTrue(query, "nocache"),
                isTrue(query, "pull"),
                labels,
                session::get);
        Stored image =
            builder.build(
                what,
                line -> {
                  remember(last, line);
                  if (!quiet) {
                    progress.stream(line);
                  }
                });
        session.add(image);
        names.forEach(name -> session.name(name, image));
        built(progress, image, names, quiet);
        listener.on(new ImageEvent.BuildFinished(texts, image.digest(), started, clock.instant()));
      } catch (RuntimeException e) {
        String message =
            e instanceof OciException ? String.valueOf(e.getMessage()) : "Naru failed: " + e;
        listener.on(
            new ImageEvent.BuildFailed(
                texts, message, List.copyOf(last), started, clock.instant()));
        progress.error(message);
      }
    } finally {
      building.remove(worker);
      FileTrees.delete(scratch);
    }
  }

  private static void built(Progress progress, Stored image, List<ImageRef> names, boolean quiet) {
    String id = SessionImages.id(image);
    progress.aux(JSON.createObjectNode().put("ID", id));
    if (quiet) {
      progress.stream(id);
      return;
    }
    progress.stream("Successfully built " + id.substring(7, 19));
    names.forEach(name -> progress.stream("Successfully tagged " + name.familiar()));
  }

  private static void remember(Deque<String> last, String line) {
    last.addLast(line);
    if (last.size() > LAST_LINES) {
      last.removeFirst();
    }
  }

  private void push(String name, Request request, Response response) throws Exception {
    Fields query = Request.extractQueryParameters(request);
    String tag = value(query, "tag");
    ImageRef ref = ImageRef.parse(tag.isEmpty() ? name : name + ":" + tag);
    Stored image = session.get(ref).orElseGet(() -> find(ref.toString()));
    Optional<RegistryLogin> login = login(request.getHeaders().get("X-Registry-Auth"));
    Instant started = clock.instant();
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      Progress progress = new Progress(out, Thread.currentThread());
      progress.status("The push refers to repository [" + ref.name() + "]");
      try {
        images.push(image, ref, login, progress::status);
        listener.on(
            new ImageEvent.Pushed(ref.familiar(), image.digest(), started, clock.instant()));
        String tagText = ref.tag().orElse("");
        int size = image.bytes().length;
        progress.status("%s: digest: %s size: %d".formatted(tagText, image.digest(), size));
        progress.aux(
            JSON.createObjectNode()
                .put("Tag", tagText)
                .put("Digest", image.digest().toString())
                .put("Size", size));
      } catch (OciException e) {
        String message = String.valueOf(e.getMessage());
        listener.on(new ImageEvent.PushFailed(ref.familiar(), message, started, clock.instant()));
        progress.error(message);
      }
    }
  }

  private void pull(Request request, Response response) throws Exception {
    Fields query = Request.extractQueryParameters(request);
    String from = value(query, "fromImage");
    String tag = value(query, "tag");
    if (from.isEmpty()) {
      throw new OciException(OciException.UNSUPPORTED, "docker import is not supported.");
    }
    String separator = tag.startsWith("sha256:") ? "@" : ":";
    ImageRef ref = ImageRef.parse(tag.isEmpty() ? from : from + separator + tag);
    Stored image =
        images.find(ref, PullPolicy.ALWAYS, login(request.getHeaders().get("X-Registry-Auth")));
    session.name(ref, image);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      Progress progress = new Progress(out, Thread.currentThread());
      progress.status("Digest: " + image.digest());
      progress.status("Status: Image is up to date for " + ref.familiar());
    }
  }

  private void auth(Request request, Response response) throws IOException {
    JsonNode body = JSON.readTree(body(request));
    String registry = body.path("serveraddress").asText("");
    RegistryLogin login =
        new RegistryLogin(body.path("username").asText(), body.path("password").asText());
    images.checkLogin(registry.replaceFirst("^https?://", "").replaceFirst("/.*$", ""), login);
    json(response, 200, JSON.createObjectNode().put("Status", "Login Succeeded"));
  }

  private Optional<RegistryLogin> login(@Nullable String header) throws IOException {
    if (header == null || header.isEmpty()) {
      return Optional.empty();
    }
    JsonNode node;
    try {
      node = JSON.readTree(Base64.getUrlDecoder().decode(header));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("X-Registry-Auth is not base64 of JSON", e);
    }
    String user = node.path("username").asText("");
    return user.isEmpty()
        ? Optional.empty()
        : Optional.of(new RegistryLogin(user, node.path("password").asText("")));
  }

  private Stored find(String name) {
    Optional<Stored> byId = session.withId(name);
    if (byId.isPresent()) {
      return byId.get();
    }
    ImageRef ref = ImageRef.parse(name);
    return session.get(ref).orElseGet(() -> images.find(ref, PullPolicy.NEVER, Optional.empty()));
  }

  private void remove(String name, Response response) throws IOException {
    Stored image = find(name);
    ImageRef ref = session.withId(name).isPresent() ? null : ImageRef.parse(name);
    ArrayNode answer = JSON.createArrayNode();
    List<ImageRef> names = ref == null ? session.namesOf(image) : List.of(ref);
    for (ImageRef one : names) {
      if (session.forget(one)) {
        answer.addObject().put("Untagged", one.familiar());
      }
    }
    json(response, 200, answer);
  }

  private ArrayNode list() {
    ArrayNode list = JSON.createArrayNode();
    for (Stored image : session.all()) {
      Manifest manifest = Manifest.parse(image.bytes());
      ObjectNode node = list.addObject();
      node.put("Id", SessionImages.id(image)).put("ParentId", "").put("Containers", -1);
      ArrayNode tags = node.putArray("RepoTags");
      session.namesOf(image).forEach(n -> tags.add(n.familiar()));
      node.putArray("RepoDigests");
      node.put("Created", created(images.config(manifest)).getEpochSecond());
      node.put("Size", size(manifest)).put("VirtualSize", size(manifest)).put("SharedSize", -1);
      node.putObject("Labels");
    }
    return list;
  }

  private static Instant created(ImageConfig config) {
    return config.created().isEmpty() ? Instant.EPOCH : Instant.parse(config.created());
  }

  private static long size(Manifest manifest) {
    return manifest.layers().stream().mapToLong(l -> l.size()).sum();
  }

  private ObjectNode inspect(Stored image) {
    Manifest manifest = Manifest.parse(image.bytes());
    ImageConfig config = images.config(manifest);
    ObjectNode node = JSON.createObjectNode().put("Id", SessionImages.id(image));
    ArrayNode tags = node.putArray("RepoTags");
    ArrayNode digests = node.putArray("RepoDigests");
    for (ImageRef name : session.namesOf(image)) {
      tags.add(name.familiar());
      digests.add(name.name() + "@" + image.digest());
    }
    node.put("Created", created(config).toString());
    node.put("Architecture", config.architecture()).put("Os", config.os());
    node.put("Size", size(manifest));
    try {
      node.set("Config", JSON.readTree(config.toJson()).path("config"));
    } catch (IOException e) {
      throw new IllegalStateException("a config is always JSON", e);
    }
    ObjectNode rootfs = node.putObject("RootFS").put("Type", "layers");
    ArrayNode layers = rootfs.putArray("Layers");
    config.diffIds().forEach(d -> layers.add(d.toString()));
    return node;
  }

  private static ObjectNode version() {
    ObjectNode node = JSON.createObjectNode();
    node.putObject("Platform").put("Name", "Naru");
    return node.put("Version", "0.1.0")
        .put("ApiVersion", API_VERSION)
        .put("MinAPIVersion", OLDEST_API_VERSION)
        .put("Os", "linux")
        .put("Arch", ImageConfig.scratch().architecture());
  }

  private ObjectNode info() {
    return JSON.createObjectNode()
        .put("ID", "naru")
        .put("Name", "naru")
        .put("ServerVersion", "0.1.0")
        .put("OSType", "linux")
        .put("Architecture", ImageConfig.scratch().architecture())
        .put("Images", session.all().size())
        .put("Containers", 0);
  }

  private static String value(Fields query, String name) {
    return Optional.ofNullable(query.getValue(name)).orElse("");
  }

  private static boolean isTrue(Fields query, String name) {
    return Set.of("1", "true", "True").contains(value(query, name));
  }

  private static Map<String, String> map(String json) throws IOException {
    Map<String, String> map = new TreeMap<>();
    if (!json.isEmpty()) {
      for (Map.Entry<String, JsonNode> e : JSON.readTree(json).properties()) {
        if (!e.getValue().isNull()) {
          map.put(e.getKey(), e.getValue().asText());
        }
      }
    }
    return map;
  }

  private static byte[] body(Request request) throws IOException {
    try (InputStream in = Content.Source.asInputStream(request)) {
      byte[] bytes = in.readNBytes(BODY_SIZE_MAX + 1);
      if (bytes.length > BODY_SIZE_MAX) {
        throw new IllegalArgumentException("the request is over " + BODY_SIZE_MAX + " bytes");
      }
      return bytes;
    }
  }

  private static void error(Response response, int status, String message) throws IOException {
    if (!response.isCommitted()) {
      json(response, status, JSON.createObjectNode().put("message", message));
    }
  }

  private static void json(Response response, int status, JsonNode node) throws IOException {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    write(response, node + "\n");
  }

  private static void write(Response response, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    Content.Sink.write(response, true, bytes);
  }

  /** The lines of JSON that Docker's clients show; safe for use by the threads of one build. */
  private static final class Progress {
    private final OutputStream out;
    private final Thread worker;

    Progress(OutputStream out, Thread worker) {
      this.out = out;
      this.worker = worker;
    }

    void stream(String line) {
      send(JSON.createObjectNode().put("stream", line + "\n"));
    }

    void status(String line) {
      send(JSON.createObjectNode().put("status", line));
    }

    void aux(ObjectNode value) {
      ObjectNode node = JSON.createObjectNode();
      node.set("aux", value);
      send(node);
    }

    void error(String message) {
      ObjectNode node = JSON.createObjectNode().put("error", message);
      node.putObject("errorDetail").put("message", message);
      send(node);
    }

    private synchronized void send(ObjectNode node) {
      try {
        out.write((node + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException e) {
        // Whoever asked has gone: what is done for them is done for nobody.
        worker.interrupt();
      }
    }
  }
}
