package dev.naru.oci;

import dev.naru.base.Digest;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of an image: {@code [registry/]repository[:tag][@digest]}.
 *
 * <p>A name without a registry belongs to {@code docker.io}, one without a path component there to
 * {@code library/}; a name with neither tag nor digest has the tag {@code latest}. The digest wins
 * over the tag. Source: github.com/distribution/reference, grammar in {@code reference.go}.
 */
public final class ImageRef {
  private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  private static final Pattern REPOSITORY = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*");
  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
              + "(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*"
              + "|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?");
  private static final Pattern TAG = Pattern.compile("[\\w][\\w.-]{0,127}");
  private static final int REPOSITORY_LENGTH_MAX = 255;

  private final String registry;
  private final String repository;
  private final @Nullable String tag;
  private final @Nullable Digest digest;

  private ImageRef(
      String registry, String repository, @Nullable String tag, @Nullable Digest digest) {
    this.registry = registry;
    this.repository = repository;
    this.tag = tag;
    this.digest = digest;
  }

  /**
   * Parses a reference as people write it.
   *
   * @throws OciException {@code OCI_NAME_INVALID} with a sentence on what is wrong
   */
  public static ImageRef parse(String text) {
    String rest = text;
    Digest digest = null;
    int at = rest.indexOf('@');
    if (at >= 0) {
      try {
        digest = Digest.parse(rest.substring(at + 1));
      } catch (IllegalArgumentException e) {
        throw invalid(text, "what follows '@' is not a sha256 digest", e);
      }
      rest = rest.substring(0, at);
    }
    String tag = null;
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      tag = rest.substring(colon + 1);
      if (!TAG.matcher(tag).matches()) {
        throw invalid(
            text, "'" + tag + "' is not a tag (letters, digits, _ . -, at most 128)", null);
      }
      rest = rest.substring(0, colon);
    }
    String registry = "docker.io";
    int slash = rest.indexOf('/');
    if (slash > 0 && looksLikeRegistry(rest.substring(0, slash))) {
      registry = rest.substring(0, slash);
      rest = rest.substring(slash + 1);
      if (!REGISTRY.matcher(registry).matches()) {
        throw invalid(text, "'" + registry + "' is not a registry host", null);
      }
    }
    if (registry.equals("index.docker.io")) {
      registry = "docker.io";
    }
    if (registry.equals("docker.io") && rest.indexOf('/') < 0) {
      rest = "library/" + rest;
    }
    if (!isRepository(rest)) {
      throw invalid(
          text,
          "a name is made of lower-case letters and digits, parted by one of . _ - and by /",
          null);
    }
    return new ImageRef(registry, rest, tag == null && digest == null ? "latest" : tag, digest);
  }

  /** Whether {@code text} is a repository name: the part after the registry. */
  public static boolean isRepository(String text) {
    Matcher matcher = REPOSITORY.matcher(text);
    return text.length() <= REPOSITORY_LENGTH_MAX && matcher.matches();
  }

  /** Whether {@code text} has the form of a tag. */
  public static boolean isTag(String text) {
    return TAG.matcher(text).matches();
  }

  private static boolean looksLikeRegistry(String first) {
    return first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || first.equals("localhost")
        || first.chars().anyMatch(Character::isUpperCase);
  }

  private static OciException invalid(String text, String why, @Nullable Throwable cause) {
    return new OciException(
        OciException.NAME_INVALID, "'" + text + "' is not an image name: " + why + ".", cause);
  }

  /** Host and, where given, port: {@code docker.io}, {@code localhost:5000}. */
  public String registry() {
    return registry;
  }

  public String repository() {
    return repository;
  }

  public Optional<String> tag() {
    return Optional.ofNullable(tag);
  }

  public Optional<Digest> digest() {
    return Optional.ofNullable(digest);
  }

  /** What follows the repository in a registry's manifest URL: the digest or else the tag. */
  public String manifestReference() {
    return digest != null ? digest.toString() : Objects.requireNonNull(tag);
  }

  /** The same repository at {@code newTag}, without a digest. */
  public ImageRef withTag(String newTag) {
    if (!isTag(newTag)) {
      throw invalid(name() + ":" + newTag, "'" + newTag + "' is not a tag", null);
    }
    return new ImageRef(registry, repository, newTag, null);
  }

  /** The same repository at {@code newDigest}, without a tag. */
  public ImageRef withDigest(Digest newDigest) {
    return new ImageRef(registry, repository, null, newDigest);
  }

  /** Registry and repository, without tag and digest. */
  public String name() {
    return registry + "/" + repository;
  }

  /** As people write it: without {@code docker.io/} and {@code library/}. */
  public String familiar() {
    String name = name();
    if (registry.equals("docker.io")) {
      name = repository.startsWith("library/") ? repository.substring(8) : repository;
    }
    return name + suffix();
  }

  private String suffix() {
    return (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof ImageRef that
        && registry.equals(that.registry)
        && repository.equals(that.repository)
        && Objects.equals(tag, that.tag)
        && Objects.equals(digest, that.digest);
  }

  @Override
  public int hashCode() {
    return Objects.hash(registry, repository, tag, digest);
  }

  /** The full form, which {@link #parse} reads back to an equal value. */
  @Override
  public String toString() {
    return name() + suffix();
  }
}
