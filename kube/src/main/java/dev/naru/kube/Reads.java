package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kube.WatchRing.Change;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lists and watches. A list is one {@link State}; a watch follows the {@link WatchRing} of its
 * table from the version it names.
 *
 * <p>Source: Kubernetes documentation, "API Concepts": efficient detection of changes, chunks,
 * resource versions; KEP-3157 (sendInitialEvents).
 */
final class Reads {
  /** States kept for lists that are read in chunks. An older continue token is a 410. */
  private static final int STATES_MAX = 32;

  private static final Duration BOOKMARK_EVERY = Duration.ofSeconds(30);
  private static final long TIMEOUT_SECONDS_MIN = 1800;
  private static final byte[] COMMA = {','};

  private final Store store;
  private final Kinds kinds;
  private final Tables tables;
  private final Map<Long, State> chunked =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, State> eldest) {
          return size() > STATES_MAX;
        }
      };

  Reads(Store store, Kinds kinds, Tables tables) {
    this.store = store;
    this.kinds = kinds;
    this.tables = tables;
  }

  /** Which objects, and how they are shown. */
  private record View(
      Resource kind, String namespace, Predicate<JsonNode> matches, Format format) {}

  private enum Format {
    OBJECT,
    TABLE,
    METADATA
  }

  private static Format format(ApiRequest request) {
    for (String accepted : request.header("accept").split(",", -1)) {
      if (accepted.contains("as=Table")
          && !accepted.contains("v=v1beta1")
          && accepted.contains("application/json")) {
        return Format.TABLE;
      }
      if (accepted.contains("as=PartialObjectMetadata")) {
        return Format.METADATA;
      }
      if (accepted.trim().startsWith("application/json") && !accepted.contains("as=")) {
        return Format.OBJECT;
      }
    }
    return Format.OBJECT;
  }

  ApiResponse get(ApiRequest request, Resource kind, String namespace, String name) {
    State state = store.state();
    Stored stored = state.get(kind.table(), namespace, name);
    if (stored == null) {
      throw StatusException.notFound(kind, name);
    }
    tooLarge(request.number("resourceVersion", 0), state);
    return switch (format(request)) {
      case OBJECT ->
          new ApiResponse.Whole(200, ApiResponse.JSON, List.of(stored.bytes(kind)), List.of());
      case METADATA -> ApiResponse.Whole.json(200, metadata(stored));
      case TABLE ->
          ApiResponse.Whole.json(
              200,
              tables.table(
                  kind, List.of(stored), stored.version(), "", request.query("includeObject")));
    };
  }

  private static ObjectNode metadata(Stored stored) {
    ObjectNode node = Json.object();
    node.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
    node.set("metadata", stored.meta());
    return node;
  }

  private View view(ApiRequest request, Resource kind, String namespace, String name) {
    Predicate<JsonNode> matches = o -> true;
    if (!request.query("labelSelector").isEmpty()) {
      matches = matches.and(Selectors.labels(request.query("labelSelector")));
    }
    if (!request.query("fieldSelector").isEmpty()) {
      matches = matches.and(Selectors.fields(kind, request.query("fieldSelector")));
    }
    if (!name.isEmpty()) {
      matches = matches.and(o -> o.path("metadata").path("name").asText().equals(name));
    }
    return new View(kind, namespace, matches, format(request));
  }

  /** What a request without names matches, for deletion of a collection. */
  List<Stored> matching(ApiRequest request, Resource kind, String namespace) {
    View view = view(request, kind, namespace, "");
    return store.state().list(kind.table(), namespace).stream()
        .filter(s -> view.matches().test(s.json()))
        .toList();
  }

  // ---- list

  ApiResponse list(ApiRequest request, Resource kind, String namespace) {
    View view = view(request, kind, namespace, "");
    String token = request.query("continue");
    State state;
    String after = "";
    if (token.isEmpty()) {
      state = at(request);
    } else {
      String[] parts = decode(token);
      state = remembered(Long.parseLong(parts[0]));
      after = parts[1];
    }
    long limit = request.number("limit", 0);
    List<Stored> found = new ArrayList<>();
    String next = "";
    long remaining = 0;
    for (Stored stored : state.list(kind.table(), namespace, after)) {
      if (!view.matches().test(stored.json())) {
        continue;
      }
      if (limit > 0 && found.size() == limit) {
        remaining++;
        continue;
      }
      found.add(stored);
    }
    if (remaining > 0) {
      next = encode(state.version(), found.getLast().key());
      remember(state);
    }
    return answer(request, view, state.version(), found, next, remaining);
  }

  private ApiResponse answer(
      ApiRequest request,
      View view,
      long version,
      List<Stored> found,
      String next,
      long remaining) {
    if (view.format() == Format.TABLE) {
      return ApiResponse.Whole.json(
          200, tables.table(view.kind(), found, version, next, request.query("includeObject")));
    }
    ObjectNode meta = Json.object().put("resourceVersion", Long.toString(version));
    if (!next.isEmpty()) {
      meta.put("continue", next).put("remainingItemCount", remaining);
    }
    boolean partial = view.format() == Format.METADATA;
    ObjectNode head =
        Json.object()
            .put("kind", partial ? "PartialObjectMetadataList" : view.kind().listKind())
            .put("apiVersion", partial ? "meta.k8s.io/v1" : view.kind().apiVersion());
    head.set("metadata", meta);
    String open = Json.text(head);
    List<byte[]> parts = new ArrayList<>(found.size() * 2 + 2);
    parts.add(
        (open.substring(0, open.length() - 1) + ",\"items\":[").getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < found.size(); i++) {
      if (i > 0) {
        parts.add(COMMA);
      }
      parts.add(partial ? Json.bytes(metadata(found.get(i))) : found.get(i).bytes(view.kind()));
    }
    parts.add("]}".getBytes(StandardCharsets.UTF_8));
    return new ApiResponse.Whole(200, ApiResponse.JSON, parts, List.of());
  }

  private State at(ApiRequest request) {
    State state = store.state();
    long wanted = request.number("resourceVersion", 0);
    tooLarge(wanted, state);
    if (request.query("resourceVersionMatch").equals("Exact") && wanted != state.version()) {
      return remembered(wanted);
    }
    return state;
  }

  private static void tooLarge(long wanted, State state) {
    if (wanted > state.version()) {
      throw StatusException.tooLarge(wanted, state.version());
    }
  }

  private void remember(State state) {
    synchronized (chunked) {
      chunked.put(state.version(), state);
    }
  }

  private State remembered(long version) {
    synchronized (chunked) {
      State state = chunked.get(version);
      if (state == null) {
        throw StatusException.expired(
            "The provided continue parameter is too old to display a consistent list result. You"
                + " must start a new list without the continue parameter.");
      }
      return state;
    }
  }

  private static String encode(long version, String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((version + "\n" + key).getBytes(StandardCharsets.UTF_8));
  }

  private static String[] decode(String token) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      String[] parts = text.split("\n", 2);
      if (parts.length == 2 && parts[0].matches("[0-9]{1,18}")) {
        return parts;
      }
    } catch (IllegalArgumentException e) {
      throw StatusException.badRequest("continue key is not valid: " + e.getMessage());
    }
    throw StatusException.badRequest("continue key is not valid");
  }

  // ---- watch

  ApiResponse watch(ApiRequest request, Resource kind, String namespace, String name) {
    View view = view(request, kind, namespace, name);
    State state = store.state();
    String text = request.query("resourceVersion");
    long from = request.number("resourceVersion", 0);
    boolean initial = request.query("sendInitialEvents").equals("true");
    if (initial && !request.query("resourceVersionMatch").equals("NotOlderThan")) {
      throw StatusException.of(
          422,
          "Invalid",
          "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden:"
              + " sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    }
    tooLarge(from, state);
    boolean fromNow = initial || text.isEmpty() || from == 0;
    if (!fromNow && !store.ring(kind.table()).reaches(from)) {
      StatusException expired =
          StatusException.expired(
              "too old resource version: " + from + " (" + state.version() + ")");
      return new ApiResponse.Frames(
          ApiResponse.JSON, sink -> sink.frame(event("ERROR", Json.bytes(expired.toJson()))));
    }
    long timeout = request.number("timeoutSeconds", 0);
    if (timeout <= 0) {
      timeout = TIMEOUT_SECONDS_MIN + ThreadLocalRandom.current().nextLong(TIMEOUT_SECONDS_MIN);
    }
    Duration length = Duration.ofSeconds(timeout);
    boolean bookmarks = request.flag("allowWatchBookmarks");
    String include = request.query("includeObject");
    return new ApiResponse.Frames(
        ApiResponse.JSON,
        sink ->
            new Follower(view, sink, bookmarks, include)
                .run(fromNow ? store.state() : null, from, initial, length));
  }

  private static byte[][] event(String type, byte[] object) {
    return new byte[][] {
      ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.UTF_8), object, {'}'}
    };
  }

  /** One watch; runs on the thread of its client. */
  private final class Follower {
    private final View view;
    private final ApiResponse.Frames.Sink sink;
    private final boolean bookmarks;
    private final String include;
    private boolean first = true;

    Follower(View view, ApiResponse.Frames.Sink sink, boolean bookmarks, String include) {
      this.view = view;
      this.sink = sink;
      this.bookmarks = bookmarks;
      this.include = include;
    }

    void run(@Nullable State start, long from, boolean initial, Duration length)
        throws IOException, InterruptedException {
      long sent = from;
      if (start != null) {
        for (Stored stored : start.list(view.kind().table(), view.namespace())) {
          if (view.matches().test(stored.json())) {
            send("ADDED", stored);
          }
        }
        sent = start.version();
        if (initial && bookmarks) {
          bookmark(sent, true);
        }
      }
      WatchRing ring = store.ring(view.kind().table());
      long end = System.nanoTime() + length.toNanos();
      while (!sink.gone()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return;
        }
        long seen = store.announced();
        List<Change> changes;
        try {
          changes = ring.after(sent, Duration.ofNanos(Math.min(left, BOOKMARK_EVERY.toNanos())));
        } catch (StatusException expired) {
          sink.frame(event("ERROR", Json.bytes(expired.toJson())));
          return;
        }
        for (Change change : changes) {
          send(change);
          sent = change.version();
        }
        if (changes.isEmpty()) {
          if (kinds.resources().ofTable(view.kind().table()) == null) {
            return;
          }
          sent = Math.max(sent, seen);
          if (bookmarks) {
            bookmark(sent, false);
          } else {
            sink.idle();
          }
        }
      }
    }

    private void send(Change change) throws IOException {
      boolean in = inNamespace(change.after());
      boolean now = in && !change.deleted() && view.matches().test(change.after().json());
      Stored before = change.before();
      boolean was = in && before != null && view.matches().test(before.json());
      if (now) {
        send(was ? "MODIFIED" : "ADDED", change.after());
      } else if (was) {
        send("DELETED", change.after());
      }
    }

    private boolean inNamespace(Stored stored) {
      return view.namespace().isEmpty() || stored.namespace().equals(view.namespace());
    }

    private void send(String type, Stored stored) throws IOException {
      byte[] object =
          switch (view.format()) {
            case OBJECT -> stored.bytes(view.kind());
            case METADATA -> Json.bytes(metadata(stored));
            case TABLE -> {
              ObjectNode table =
                  tables.table(view.kind(), List.of(stored), stored.version(), "", include);
              if (!first) {
                table.putArray("columnDefinitions");
              }
              first = false;
              yield Json.bytes(table);
            }
          };
      sink.frame(event(type, object));
    }

    private void bookmark(long version, boolean endOfInitial) throws IOException {
      ObjectNode object =
          Json.object().put("kind", view.kind().kind()).put("apiVersion", view.kind().apiVersion());
      ObjectNode meta = object.putObject("metadata").put("resourceVersion", Long.toString(version));
      if (endOfInitial) {
        meta.putObject("annotations").put("k8s.io/initial-events-end", "true");
      }
      byte[] bytes = Json.bytes(object);
      if (view.format() == Format.TABLE) {
        // kubectl reads the version from the object of a row.
        ObjectNode table = tables.table(view.kind(), List.of(), version, "", include);
        ObjectNode row = table.withArray("rows").addObject();
        row.putArray("cells");
        row.set("object", object);
        bytes = Json.bytes(table);
      }
      sink.frame(event("BOOKMARK", bytes));
    }
  }
}
