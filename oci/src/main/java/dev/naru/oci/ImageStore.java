package dev.naru.oci;

import dev.naru.base.AtomicFiles;
import dev.naru.base.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which manifest each name stands for. {@code <root>/<host>/<repository>/_tags/<tag>} holds a
 * digest, {@code _manifests/<hex>} the media type of a manifest that belongs to the repository;
 * {@code <host>} is {@code _} for the built-in registry. Each file changes atomically, so a reader
 * sees the old or the new image of a tag. Safe for use by many threads.
 */
public final class ImageStore {
  private final Path root;
  private final BlobStore blobs;

  private ImageStore(Path root, BlobStore blobs) {
    this.root = root;
    this.blobs = blobs;
  }

  public static ImageStore open(Path root, BlobStore blobs) {
    try {
      Files.createDirectories(root);
    } catch (IOException e) {
      throw OciException.io("open the image store", root, e);
    }
    return new ImageStore(root, blobs);
  }

  /**
   * A repository of this store: its host and its name there.
   *
   * @param host of the registry that an image was pulled from; empty for the built-in registry
   */
  public record Repository(String host, String name) {
    public Repository {
      if (!ImageRef.isRepository(name)) {
        throw new OciException(
            OciException.NAME_INVALID, "'" + name + "' is not a repository name.");
      }
    }

    /** A repository of the built-in registry. */
    public static Repository builtIn(String name) {
      return new Repository("", name);
    }
  }

  /** A manifest as it was stored. */
  public static final class Stored {
    private final Digest digest;
    private final String mediaType;
    private final byte[] bytes;

    Stored(Digest digest, String mediaType, byte[] bytes) {
      this.digest = digest;
      this.mediaType = mediaType;
      this.bytes = bytes;
    }

    public Digest digest() {
      return digest;
    }

    public String mediaType() {
      return mediaType;
    }

    /** The exact bytes that have the digest; not to be changed. */
    public byte[] bytes() {
      return bytes;
    }
  }

  /**
   * Stores a manifest in {@code repository} and, when {@code tag} is given, lets the tag stand for
   * it. All blobs and manifests that it names must be there.
   *
   * @param tag a tag, or empty for none
   * @throws OciException {@code OCI_MANIFEST_INVALID}, or {@code OCI_BLOB_UNKNOWN} when a part is
   *     missing; nothing has changed then
   */
  public Digest put(Repository repository, String tag, String mediaType, byte[] manifest) {
    if (manifest.length > Manifest.SIZE_MAX) {
      throw Json.invalid("manifest", "it is over " + Manifest.SIZE_MAX + " bytes");
    }
    if (!MediaTypes.MANIFESTS.contains(mediaType)) {
      throw Json.invalid("manifest", "its media type '" + mediaType + "' is not supported");
    }
    requireParts(mediaType, manifest);
    Digest digest = blobs.put(manifest);
    try {
      Path manifests = folder(repository).resolve("_manifests");
      Files.createDirectories(manifests);
      AtomicFiles.write(manifests.resolve(digest.hex()), mediaType);
      if (!tag.isEmpty()) {
        writeTag(repository, tag, digest);
      }
    } catch (IOException e) {
      throw OciException.io("store an image in '" + repository.name() + "'", root, e);
    }
    return digest;
  }

  /** Lets {@code tag} stand for a manifest that the repository has. */
  public void tag(Repository repository, String tag, Digest digest) {
    Stored stored =
        get(repository, digest)
            .orElseThrow(
                () ->
                    new OciException(
                        OciException.IMAGE_UNKNOWN,
                        "'" + repository.name() + "' has no image " + digest + "."));
    try {
      writeTag(repository, tag, stored.digest());
    } catch (IOException e) {
      throw OciException.io("tag an image of '" + repository.name() + "'", root, e);
    }
  }

  private void writeTag(Repository repository, String tag, Digest digest) throws IOException {
    if (!ImageRef.isTag(tag)) {
      throw new OciException(OciException.NAME_INVALID, "'" + tag + "' is not a tag.");
    }
    Path tags = folder(repository).resolve("_tags");
    Files.createDirectories(tags);
    AtomicFiles.write(tags.resolve(tag), digest.toString());
  }

  private void requireParts(String mediaType, byte[] manifest) {
    if (mediaType.equals(MediaTypes.INDEX) || mediaType.equals(MediaTypes.DOCKER_INDEX)) {
      // An index may name platforms that were not copied along with it.
      Json.parse(manifest, "image index");
      return;
    }
    Manifest parsed = Manifest.parse(manifest);
    requireBlob(parsed.config());
    parsed.layers().forEach(this::requireBlob);
  }

  private void requireBlob(Descriptor part) {
    Optional<Long> size = blobs.size(part.digest());
    if (size.isEmpty()) {
      throw new OciException(
          OciException.BLOB_UNKNOWN,
          "The manifest names blob " + part.digest() + ", which was not pushed.");
    }
    if (part.size() != size.get()) {
      throw Json.invalid(
          "manifest",
          "it says blob %s has %d bytes, but it has %d"
              .formatted(part.digest(), part.size(), size.get()));
    }
  }

  /** The digest that a tag stands for. */
  public Optional<Digest> digestOf(Repository repository, String tag) {
    Path file = folder(repository).resolve("_tags").resolve(tag);
    try {
      return ImageRef.isTag(tag)
          ? Optional.of(Digest.parse(Files.readString(file).strip()))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw OciException.io("read tag '" + tag + "'", file, e);
    }
  }

  /** The manifest of that digest, when the repository has it. */
  public Optional<Stored> get(Repository repository, Digest digest) {
    Path file = folder(repository).resolve("_manifests").resolve(digest.hex());
    try {
      String mediaType = Files.readString(file).strip();
      return Optional.of(new Stored(digest, mediaType, blobs.readSmall(digest, Manifest.SIZE_MAX)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw OciException.io("read an image of '" + repository.name() + "'", file, e);
    }
  }

  /** The tags of a repository, sorted; empty when there is no such repository. */
  public List<String> tags(Repository repository) {
    return names(folder(repository).resolve("_tags"));
  }

  /** The digests of all manifests of a repository. */
  public List<Digest> manifests(Repository repository) {
    return names(folder(repository).resolve("_manifests")).stream().map(Digest::new).toList();
  }

  private List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return List.copyOf(
          new TreeSet<>(
              files.map(f -> f.getFileName().toString()).filter(n -> !n.startsWith(".")).toList()));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw OciException.io("list images", folder, e);
    }
  }

  public boolean exists(Repository repository) {
    return Files.isDirectory(folder(repository).resolve("_manifests"));
  }

  /** The names of the built-in registry's repositories, sorted. */
  public List<String> repositories() {
    Path home = root.resolve("_");
    if (!Files.isDirectory(home)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.walk(home)) {
      files
          .filter(f -> f.getFileName().toString().equals("_manifests"))
          .forEach(f -> names.add(home.relativize(f.resolveSibling("")).toString()));
    } catch (IOException e) {
      throw OciException.io("list images", home, e);
    }
    return List.copyOf(new TreeSet<>(names));
  }

  /** Takes a tag away; false when there was none. The manifest stays. */
  public boolean untag(Repository repository, String tag) {
    return remove(folder(repository).resolve("_tags").resolve(tag));
  }

  /** Takes a manifest and all its tags away; false when there was none. Its blobs stay. */
  public boolean delete(Repository repository, Digest digest) {
    for (String tag : tags(repository)) {
      if (digestOf(repository, tag).equals(Optional.of(digest))) {
        untag(repository, tag);
      }
    }
    return remove(folder(repository).resolve("_manifests").resolve(digest.hex()));
  }

  private boolean remove(Path file) {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      throw OciException.io("delete an image", file, e);
    }
  }

  private Path folder(Repository repository) {
    String host = repository.host().isEmpty() ? "_" : repository.host().replace(':', '_');
    return root.resolve(host).resolve(repository.name());
  }
}
