package dev.naru.oci.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.base.Digest;
import dev.naru.oci.BlobStore;
import dev.naru.oci.ImageRef;
import dev.naru.oci.ImageStore;
import dev.naru.oci.ImageStore.Repository;
import dev.naru.oci.ImageStore.Stored;
import dev.naru.oci.Images;
import dev.naru.oci.Manifest;
import dev.naru.oci.OciException;
import dev.naru.oci.registry.RegistryAccess.Login;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The built-in registry over HTTP, to be mounted at {@code /v2/*}: pull, push (monolithic, chunked,
 * mount), tags, delete. A pushed manifest is there at once and atomically. Without referrers: that
 * question gets an empty list.
 *
 * <p>Source: OCI distribution spec 1.1.
 */
public final class RegistryServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{0,18})");
  private static final Pattern CHUNK = Pattern.compile("(\\d{1,18})-(\\d{1,18})");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  private final transient BlobStore blobs;
  private final transient ImageStore store;
  private final transient Uploads uploads;
  private final transient RegistryAccess access;

  public RegistryServlet(Images images, RegistryAccess access, Clock clock) {
    this.blobs = images.blobs();
    this.store = images.store();
    this.uploads = new Uploads(images.blobs(), clock);
    this.access = access;
  }

  @Override
  public void destroy() {
    uploads.close();
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("Docker-Distribution-Api-Version", "registry/2.0");
    try {
      String path = Optional.ofNullable(request.getPathInfo()).orElse("/");
      route(path, request, response);
    } catch (RegistryError e) {
      error(response, e.status(), e.code(), String.valueOf(e.getMessage()));
    } catch (OciException e) {
      String message = String.valueOf(e.getMessage());
      switch (e.code()) {
        case OciException.NAME_INVALID -> error(response, 400, "NAME_INVALID", message);
        case OciException.DIGEST_MISMATCH -> error(response, 400, "DIGEST_INVALID", message);
        case OciException.MANIFEST_INVALID -> error(response, 400, "MANIFEST_INVALID", message);
        case OciException.BLOB_UNKNOWN -> error(response, 404, "MANIFEST_BLOB_UNKNOWN", message);
        case OciException.DISK_FULL -> error(response, 507, "DENIED", message);
        default -> error(response, 500, "UNKNOWN", message);
      }
    }
  }

  private void route(String path, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    RegistryRoute route = RegistryRoute.of(path);
    String name = route.repository();
    switch (route.kind()) {
      case VERSION -> {
        allow(request, "", false);
        json(response, 200, JSON.createObjectNode());
      }
      case CATALOG -> {
        allow(request, "", false);
        ArrayNode names = JSON.createArrayNode();
        store.repositories().forEach(names::add);
        json(response, 200, JSON.createObjectNode().set("repositories", names));
      }
      case UPLOADS -> begin(repository(request, name, true), request, response);
      case UPLOAD -> upload(repository(request, name, true), route.reference(), request, response);
      case BLOB -> {
        Repository repository = repository(request, name, isWrite(request));
        blob(repository, digest(route.reference()), request, response);
      }
      case MANIFEST -> {
        Repository repository = repository(request, name, isWrite(request));
        manifest(repository, route.reference(), request, response);
      }
      case TAGS -> tags(repository(request, name, false), request, response);
      case REFERRERS -> referrers(repository(request, name, false), route.reference(), response);
    }
  }

  /** Nothing refers to anything here. */
  private void referrers(Repository repository, String digest, HttpServletResponse response)
      throws IOException {
    if (!store.exists(repository) && blobs.size(digest(digest)).isEmpty()) {
      throw new RegistryError(404, "NAME_UNKNOWN", "no repository '" + repository.name() + "'");
    }
    ObjectNode index = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
    index.putArray("manifests");
    byte[] bytes = JSON.writeValueAsBytes(index);
    response.setHeader("Docker-Content-Digest", digest(digest).toString());
    response.setHeader("Naru-Repository", repository.name());
    response.setContentType(INDEX);
    response.getOutputStream().write(bytes);
  }

  private static boolean isWrite(HttpServletRequest request) {
    return !request.getMethod().equals("GET") && !request.getMethod().equals("HEAD");
  }

  private Repository repository(HttpServletRequest request, String name, boolean write) {
    allow(request, name, write);
    if (write && name.startsWith(Images.MACHINE_HOST + "/")) {
      throw new RegistryError(
          403, "DENIED", "the images of " + Images.MACHINE_HOST + " are made by Naru");
    }
    return Repository.builtIn(name);
  }

  private void allow(HttpServletRequest request, String repository, boolean write) {
    switch (access.decide(login(request), repository, write)) {
      case ALLOWED -> {}
      case LOGIN_NEEDED ->
          throw new RegistryError(401, "UNAUTHORIZED", "a login is needed: docker login");
      case DENIED ->
          throw new RegistryError(403, "DENIED", "this login may not do that in " + repository);
    }
  }

  private static Optional<Login> login(HttpServletRequest request) {
    String header = request.getHeader("Authorization");
    if (header == null || !header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return Optional.empty();
    }
    try {
      String pair =
          new String(
              Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0
          ? Optional.empty()
          : Optional.of(new Login(pair.substring(0, colon), pair.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new RegistryError(400, "UNAUTHORIZED", "the login is not base64");
    }
  }

  private static Digest digest(String text) {
    try {
      return Digest.parse(text);
    } catch (IllegalArgumentException e) {
      throw new RegistryError(400, "DIGEST_INVALID", "'" + text + "' is not a sha256 digest");
    }
  }

  private void begin(
      Repository repository, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    only(request, "POST");
    String mount = request.getParameter("mount");
    if (mount != null && request.getParameter("from") != null && blobs.has(digest(mount))) {
      created(response, repository, digest(mount));
      return;
    }
    Uploads.Upload upload = uploads.begin(repository.name());
    String whole = request.getParameter("digest");
    if (whole != null) {
      finish(repository, upload, digest(whole), request, response);
    } else {
      accepted(response, repository, upload);
    }
  }

  private void upload(
      Repository repository, String id, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Uploads.Upload upload = uploads.get(repository.name(), id);
    synchronized (upload) {
      switch (request.getMethod()) {
        case "GET", "HEAD" -> {
          accepted(response, repository, upload);
          response.setStatus(204);
        }
        case "PATCH" -> {
          inOrder(upload, request);
          append(upload, request);
          accepted(response, repository, upload);
        }
        case "PUT" -> {
          inOrder(upload, request);
          String digest = Optional.ofNullable(request.getParameter("digest")).orElse("");
          finish(repository, upload, digest(digest), request, response);
        }
        case "DELETE" -> {
          uploads.end(upload);
          response.setStatus(204);
        }
        default -> only(request, "GET, PATCH, PUT, DELETE");
      }
    }
  }

  private static void inOrder(Uploads.Upload upload, HttpServletRequest request) {
    String range = request.getHeader("Content-Range");
    if (range != null) {
      Matcher m = CHUNK.matcher(range.replaceFirst("^bytes[ =]", "").replaceFirst("/.*$", ""));
      if (!m.matches() || Long.parseLong(m.group(1)) != upload.writer().size()) {
        throw new RegistryError(
            416,
            "BLOB_UPLOAD_INVALID",
            "the next byte is " + upload.writer().size() + ", not that of '" + range + "'");
      }
    }
  }

  /** Adds the request's body; an upload whose body was cut off is given up. */
  private void append(Uploads.Upload upload, HttpServletRequest request) throws IOException {
    boolean whole = false;
    try (InputStream in = request.getInputStream()) {
      upload.append(in);
      whole = true;
    } finally {
      if (!whole) {
        uploads.end(upload);
      }
    }
  }

  private void finish(
      Repository repository,
      Uploads.Upload upload,
      Digest digest,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    append(upload, request);
    try {
      upload.writer().commit(digest);
    } finally {
      uploads.end(upload);
    }
    created(response, repository, digest);
  }

  private static void accepted(
      HttpServletResponse response, Repository repository, Uploads.Upload upload) {
    response.setStatus(202);
    response.setHeader("Location", "/v2/" + repository.name() + "/blobs/uploads/" + upload.id());
    response.setHeader("Docker-Upload-UUID", upload.id());
    response.setHeader("Range", "0-" + Math.max(0, upload.writer().size() - 1));
  }

  private static void created(HttpServletResponse response, Repository repository, Digest digest) {
    response.setStatus(201);
    response.setHeader("Location", "/v2/" + repository.name() + "/blobs/" + digest);
    response.setHeader("Docker-Content-Digest", digest.toString());
  }

  private void blob(
      Repository repository,
      Digest digest,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    if (request.getMethod().equals("DELETE")) {
      throw new RegistryError(
          405, "UNSUPPORTED", "blobs of " + repository.name() + " are shared and stay");
    }
    only(request, "GET", "HEAD");
    long size =
        blobs
            .size(digest)
            .orElseThrow(() -> new RegistryError(404, "BLOB_UNKNOWN", "no blob " + digest));
    response.setContentType("application/octet-stream");
    response.setHeader("Docker-Content-Digest", digest.toString());
    response.setHeader("Accept-Ranges", "bytes");
    response.setHeader("ETag", "\"" + digest + "\"");
    long first = 0;
    long last = size - 1;
    String range = request.getHeader("Range");
    Matcher m = RANGE.matcher(range == null ? "" : range);
    if (m.matches()) {
      first = Long.parseLong(m.group(1));
      last = m.group(2).isEmpty() ? last : Math.min(last, Long.parseLong(m.group(2)));
      if (first > last) {
        response.setHeader("Content-Range", "bytes */" + size);
        throw new RegistryError(416, "SIZE_INVALID", "the blob has " + size + " bytes");
      }
      response.setStatus(206);
      response.setHeader("Content-Range", "bytes " + first + "-" + last + "/" + size);
    }
    response.setContentLengthLong(last - first + 1);
    if (request.getMethod().equals("GET")) {
      send(digest, first, last - first + 1, response.getOutputStream());
    }
  }

  private void send(Digest digest, long first, long length, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = blobs.read(digest)) {
      in.skipNBytes(first);
      long left = length;
      while (left > 0) {
        int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (n < 0) {
          throw new IOException("blob " + digest + " became shorter");
        }
        out.write(buffer, 0, n);
        left -= n;
      }
    }
  }

  private void manifest(
      Repository repository,
      String reference,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    switch (request.getMethod()) {
      case "GET", "HEAD" -> {
        Stored stored = stored(repository, reference);
        response.setContentType(stored.mediaType());
        response.setHeader("Docker-Content-Digest", stored.digest().toString());
        response.setHeader("ETag", "\"" + stored.digest() + "\"");
        response.setContentLengthLong(stored.bytes().length);
        if (request.getMethod().equals("GET")) {
          response.getOutputStream().write(stored.bytes());
        }
      }
      case "PUT" -> putManifest(repository, reference, request, response);
      case "DELETE" -> {
        boolean gone =
            reference.startsWith("sha256:")
                ? store.delete(repository, digest(reference))
                : store.untag(repository, reference);
        if (!gone) {
          throw new RegistryError(404, "MANIFEST_UNKNOWN", "no manifest '" + reference + "'");
        }
        response.setStatus(202);
      }
      default -> only(request, "GET, HEAD, PUT, DELETE");
    }
  }

  private Stored stored(Repository repository, String reference) {
    Optional<Digest> digest =
        reference.startsWith("sha256:")
            ? Optional.of(digest(reference))
            : store.digestOf(repository, reference);
    return digest
        .flatMap(d -> store.get(repository, d))
        .orElseThrow(
            () ->
                new RegistryError(
                    404,
                    "MANIFEST_UNKNOWN",
                    "'" + repository.name() + "' has no manifest '" + reference + "'"));
  }

  private void putManifest(
      Repository repository,
      String reference,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    byte[] bytes;
    try (InputStream in = request.getInputStream()) {
      bytes = in.readNBytes(Manifest.SIZE_MAX + 1);
    }
    if (bytes.length > Manifest.SIZE_MAX) {
      throw new RegistryError(
          413, "MANIFEST_INVALID", "the manifest is over " + Manifest.SIZE_MAX + " bytes");
    }
    boolean byDigest = reference.startsWith("sha256:");
    if (byDigest && !Digest.of(bytes).equals(digest(reference))) {
      throw new RegistryError(400, "DIGEST_INVALID", "the manifest's digest is another");
    }
    if (!byDigest && !ImageRef.isTag(reference)) {
      throw new RegistryError(400, "TAG_INVALID", "'" + reference + "' is not a tag");
    }
    String type = Optional.ofNullable(request.getContentType()).orElse("").split(";")[0].strip();
    Digest digest = store.put(repository, byDigest ? "" : reference, type, bytes);
    response.setStatus(201);
    response.setHeader("Location", "/v2/" + repository.name() + "/manifests/" + digest);
    response.setHeader("Docker-Content-Digest", digest.toString());
  }

  private void tags(Repository repository, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    only(request, "GET");
    if (!store.exists(repository)) {
      throw new RegistryError(404, "NAME_UNKNOWN", "no repository '" + repository.name() + "'");
    }
    List<String> tags = store.tags(repository);
    String last = request.getParameter("last");
    if (last != null) {
      tags = tags.stream().filter(t -> t.compareTo(last) > 0).toList();
    }
    String n = request.getParameter("n");
    if (n != null && n.matches("\\d{1,9}") && Integer.parseInt(n) < tags.size()) {
      tags = tags.subList(0, Integer.parseInt(n));
      if (!tags.isEmpty()) {
        response.setHeader(
            "Link",
            "</v2/%s/tags/list?n=%s&last=%s>; rel=\"next\""
                .formatted(repository.name(), n, tags.getLast()));
      }
    }
    ObjectNode node = JSON.createObjectNode().put("name", repository.name());
    tags.forEach(node.putArray("tags")::add);
    json(response, 200, node);
  }

  private static void only(HttpServletRequest request, String... methods) {
    if (!List.of(methods).contains(request.getMethod())) {
      throw new RegistryError(405, "UNSUPPORTED", request.getMethod() + " is not supported here");
    }
  }

  private static void error(HttpServletResponse response, int status, String code, String message)
      throws IOException {
    if (response.isCommitted()) {
      throw new IOException(message);
    }
    if (status == 401) {
      response.setHeader("WWW-Authenticate", "Basic realm=\"naru\"");
    }
    ObjectNode node = JSON.createObjectNode();
    node.putArray("errors").addObject().put("code", code).put("message", message);
    json(response, status, node);
  }

  private static void json(
      HttpServletResponse response, int status, com.fasterxml.jackson.databind.JsonNode node)
      throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(node);
    response.setStatus(status);
    response.setContentType("application/json");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
