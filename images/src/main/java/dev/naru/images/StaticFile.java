package dev.naru.images;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * A file that is served. Its entity tag comes from its content, because files in images share one
 * modification time.
 *
 * @param etag strong, quoted
 */
record StaticFile(Path path, long size, String etag) {
  private static final int FILES_REMEMBERED_MAX = 10_000;
  private static final int TAG_HEX_DIGITS = 24;

  /** A name that changes with the content, as bundlers write it: {@code index-DiwrgTda.js}. */
  private static final Pattern HASHED =
      Pattern.compile(".*[.-](?=[A-Za-z0-9_-]*[0-9A-Z_])[A-Za-z0-9_-]{8,32}\\.[a-z0-9.]+");

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("map", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("gif", "image/gif"),
          Map.entry("webp", "image/webp"),
          Map.entry("avif", "image/avif"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff", "font/woff"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("ttf", "font/ttf"),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("md", "text/markdown; charset=utf-8"),
          Map.entry("xml", "application/xml"),
          Map.entry("pdf", "application/pdf"),
          Map.entry("wasm", "application/wasm"),
          Map.entry("mp4", "video/mp4"),
          Map.entry("zip", "application/zip"));

  private record Version(Path path, long size, long mtimeMs, Object inode) {}

  /** Entity tags by file and state, so that a file is read once for it. */
  static final class Tags {
    private final ConcurrentHashMap<Version, String> known = new ConcurrentHashMap<>();

    StaticFile describe(Path path) throws IOException {
      BasicFileAttributes a = Files.readAttributes(path, BasicFileAttributes.class);
      Version version =
          new Version(path, a.size(), a.lastModifiedTime().toMillis(), String.valueOf(a.fileKey()));
      String tag = known.get(version);
      if (tag == null) {
        tag = "\"" + hash(path) + "\"";
        if (known.size() >= FILES_REMEMBERED_MAX) {
          known.clear();
        }
        known.put(version, tag);
      }
      return new StaticFile(path, a.size(), tag);
    }

    private static String hash(Path path) throws IOException {
      try (DigestInputStream in =
          new DigestInputStream(Files.newInputStream(path), MessageDigest.getInstance("SHA-256"))) {
        in.transferTo(OutputStream.nullOutputStream());
        return HexFormat.of()
            .formatHex(in.getMessageDigest().digest())
            .substring(0, TAG_HEX_DIGITS);
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every Java platform has SHA-256", e);
      }
    }
  }

  /** By the name's last extension; what is unknown is bytes. */
  static String contentType(Path path) {
    String name = path.getFileName().toString();
    int dot = name.lastIndexOf('.');
    String extension = name.substring(dot + 1).toLowerCase(Locale.ROOT);
    return TYPES.getOrDefault(extension, "application/octet-stream");
  }

  /** Hashed names may be kept for ever; everything else is asked for again by entity tag. */
  static String cacheControl(Path path) {
    return HASHED.matcher(path.getFileName().toString()).matches()
        ? "public, max-age=31536000, immutable"
        : "no-cache";
  }
}
