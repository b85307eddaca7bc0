package dev.naru.oci;

import com.fasterxml.jackson.databind.JsonNode;
import dev.naru.base.Digest;
import dev.naru.oci.ImageStore.Repository;
import dev.naru.oci.ImageStore.Stored;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * All images of this machine: the built-in registry, the base images, and what was pulled from
 * elsewhere, in one set of stores below the data directory ({@code blobs/}, {@code images/}, {@code
 * layers/}). One process opens a data directory at a time; safe for use by many threads.
 *
 * <p>{@code localhost:5000/<name>} (and other hosts of {@link #builtInHosts}) is repository {@code
 * <name>} of the built-in registry, {@code naru.local/<name>} its repository {@code
 * naru.local/<name>}. Every other host is asked over the network.
 */
public final class Images implements AutoCloseable {
  /** Registry hosts that are the built-in store, wherever nothing else is configured. */
  public static final Set<String> BUILT_IN_HOSTS = Set.of("localhost:5000", "127.0.0.1:5000");

  /** The host part of the base images made from this machine. */
  public static final String MACHINE_HOST = "naru.local";

  private final BlobStore blobs;
  private final ImageStore store;
  private final LayerStore layers;
  private final Set<String> builtInHosts;

  /** Makes base images of {@link #MACHINE_HOST} that are asked for before they are there. */
  private final ConcurrentHashMap<String, Runnable> makers = new ConcurrentHashMap<>();

  private Images(BlobStore blobs, ImageStore store, LayerStore layers, Set<String> builtInHosts) {
    this.blobs = blobs;
    this.store = store;
    this.layers = layers;
    this.builtInHosts = Set.copyOf(builtInHosts);
  }

  /** Opens or creates the stores below {@code dataDirectory}. */
  public static Images open(Path dataDirectory) {
    return open(dataDirectory, BUILT_IN_HOSTS);
  }

  /**
   * @param builtInHosts registry hosts, with port, whose images live in the built-in store
   */
  public static Images open(Path dataDirectory, Set<String> builtInHosts) {
    BlobStore blobs = BlobStore.open(dataDirectory.resolve("blobs"));
    ImageStore store = ImageStore.open(dataDirectory.resolve("images"), blobs);
    LayerStore layers = LayerStore.open(dataDirectory.resolve("layers"), blobs);
    return new Images(blobs, store, layers, builtInHosts);
  }

  public BlobStore blobs() {
    return blobs;
  }

  public ImageStore store() {
    return store;
  }

  public LayerStore layers() {
    return layers;
  }

  public Set<String> builtInHosts() {
    return builtInHosts;
  }

  /** Whether the image lives in the built-in store rather than in a registry elsewhere. */
  public boolean isBuiltIn(ImageRef ref) {
    return ref.registry().equals(MACHINE_HOST) || builtInHosts.contains(ref.registry());
  }

  /** Where the store keeps images of that name. */
  public Repository repositoryOf(ImageRef ref) {
    if (ref.registry().equals(MACHINE_HOST)) {
      return Repository.builtIn(MACHINE_HOST + "/" + ref.repository());
    }
    return isBuiltIn(ref)
        ? Repository.builtIn(ref.repository())
        : new Repository(ref.registry(), ref.repository());
  }

  /**
   * Lets {@code maker} make the base image {@code naru.local/<name>} when it is asked for and not
   * there; it must have put it into the store when it returns, or throw.
   */
  public void onDemand(String name, Runnable maker) {
    makers.put(name, maker);
  }

  /**
   * An image ready to run: found or pulled, and unpacked. A second call for the same image costs a
   * few file reads.
   *
   * @throws OciException {@code OCI_IMAGE_UNKNOWN} when there is no such image; {@code
   *     OCI_REGISTRY_FAILED} when its registry cannot be used
   */
  public ResolvedImage resolve(ImageRef ref, PullPolicy policy) {
    return unpack(ref, find(ref, policy, Optional.empty()));
  }

  /** As {@link #resolve(ImageRef, PullPolicy)}, with a login for the image's registry. */
  public ResolvedImage resolve(ImageRef ref, PullPolicy policy, Optional<RegistryLogin> login) {
    return unpack(ref, find(ref, policy, login));
  }

  private ResolvedImage unpack(ImageRef ref, Stored stored) {
    Manifest manifest = Manifest.parse(stored.bytes());
    ImageConfig config = config(manifest);
    return new ResolvedImage(
        ref, stored.digest(), config, layers.unpack(manifest.layers(), config.diffIds()));
  }

  /** The config that a stored manifest names. */
  public ImageConfig config(Manifest manifest) {
    return ImageConfig.parse(blobs.readSmall(manifest.config().digest(), ImageConfig.SIZE_MAX));
  }

  /**
   * The manifest of this machine's platform, with all its blobs in the store, not unpacked.
   *
   * @throws OciException as {@link #resolve}
   */
  public Stored find(ImageRef ref, PullPolicy policy, Optional<RegistryLogin> login) {
    Repository repository = repositoryOf(ref);
    if (isBuiltIn(ref)) {
      Optional<Stored> found = local(ref, repository);
      Runnable maker = ref.registry().equals(MACHINE_HOST) ? makers.get(ref.repository()) : null;
      if (found.isEmpty() && maker != null) {
        maker.run();
        found = local(ref, repository);
      }
      return platform(repository, found.orElseThrow(() -> unknown(ref, "the built-in registry")));
    }
    if (policy != PullPolicy.ALWAYS || ref.digest().isPresent()) {
      Optional<Stored> found = local(ref, repository);
      if (found.isPresent()) {
        return platform(repository, found.get());
      }
      if (policy == PullPolicy.NEVER) {
        throw unknown(ref, "this machine, and the pull policy is Never");
      }
    }
    return pull(ref, repository, login);
  }

  private Optional<Stored> local(ImageRef ref, Repository repository) {
    Optional<Digest> digest =
        ref.digest().or(() -> ref.tag().flatMap(t -> store.digestOf(repository, t)));
    return digest.flatMap(d -> store.get(repository, d));
  }

  private Stored platform(Repository repository, Stored stored) {
    if (!isIndex(stored)) {
      return stored;
    }
    Digest digest = platformDigest(stored);
    return store
        .get(repository, digest)
        .orElseThrow(
            () ->
                new OciException(
                    OciException.IMAGE_UNKNOWN,
                    "Image '%s' has a list of platforms, but its image %s for this machine was not"
                            .formatted(repository.name(), digest)
                        + " pushed."));
  }

  private static boolean isIndex(Stored stored) {
    return stored.mediaType().equals(MediaTypes.INDEX)
        || stored.mediaType().equals(MediaTypes.DOCKER_INDEX);
  }

  private static Digest platformDigest(Stored index) {
    String architecture = ImageConfig.scratch().architecture();
    JsonNode manifests = Json.parse(index.bytes(), "image index").path("manifests");
    for (JsonNode entry : manifests) {
      JsonNode platform = entry.path("platform");
      if (platform.path("os").asText().equals("linux")
          && platform.path("architecture").asText().equals(architecture)) {
        return Json.digest(entry.path("digest"), "image index");
      }
    }
    throw new OciException(
        OciException.IMAGE_UNKNOWN, "The image has no variant for linux/" + architecture + ".");
  }

  private Stored pull(ImageRef ref, Repository repository, Optional<RegistryLogin> login) {
    try (RemoteRegistry remote = RemoteRegistry.of(ref, login)) {
      Stored top =
          remote
              .manifest(ref.manifestReference())
              .orElseThrow(() -> unknown(ref, "registry " + ref.registry()));
      Stored image = top;
      if (isIndex(top)) {
        Digest digest = platformDigest(top);
        image =
            remote
                .manifest(digest.toString())
                .orElseThrow(() -> unknown(ref, "registry " + ref.registry()));
      }
      Manifest manifest = Manifest.parse(image.bytes());
      remote.pullBlob(manifest.config().digest(), blobs);
      manifest.layers().forEach(l -> remote.pullBlob(l.digest(), blobs));
      store.put(repository, "", image.mediaType(), image.bytes());
      store.put(repository, ref.tag().orElse(""), top.mediaType(), top.bytes());
      return image;
    }
  }

  /**
   * Pushes a manifest of this store to {@code target}: in the built-in registry it is there at once
   * and atomically; elsewhere its blobs go over the network first.
   *
   * @param progress gets one line for each step
   * @throws OciException {@code OCI_REGISTRY_FAILED}; the target's tag is unchanged then
   */
  public void push(
      Stored manifest, ImageRef target, Optional<RegistryLogin> login, Consumer<String> progress) {
    String tag = target.tag().orElse("");
    if (isBuiltIn(target)) {
      if (target.registry().equals(MACHINE_HOST)) {
        throw new OciException(
            OciException.UNSUPPORTED,
            "'"
                + target
                + "' cannot be pushed: the images of "
                + MACHINE_HOST
                + " are made by Naru.");
      }
      store.put(repositoryOf(target), tag, manifest.mediaType(), manifest.bytes());
      return;
    }
    Manifest parsed = Manifest.parse(manifest.bytes());
    try (RemoteRegistry remote = RemoteRegistry.of(target, login)) {
      for (Descriptor layer : parsed.layers()) {
        remote.pushBlob(layer.digest(), blobs);
        progress.accept(layer.digest().shortHex() + ": Pushed");
      }
      remote.pushBlob(parsed.config().digest(), blobs);
      remote.pushManifest(manifest, target.manifestReference());
    }
  }

  /**
   * Asks the registry whether it takes {@code login}; the built-in registry is not asked here,
   * since whoever can ask is inside already.
   *
   * @throws OciException {@code OCI_REGISTRY_FAILED} when not
   */
  public void checkLogin(String registry, RegistryLogin login) {
    String host = registry.isEmpty() ? "docker.io" : registry;
    if (builtInHosts.contains(host)) {
      return;
    }
    ImageRef any = ImageRef.parse(host + "/login/check");
    try (RemoteRegistry remote = RemoteRegistry.of(any, Optional.of(login))) {
      remote.checkLogin();
    }
  }

  private static OciException unknown(ImageRef ref, String where) {
    return new OciException(
        OciException.IMAGE_UNKNOWN, "There is no image '" + ref.familiar() + "' in " + where + ".");
  }

  /**
   * Stores an image whose layers are in the blob store.
   *
   * @param tag a tag, or empty for none
   */
  public Stored put(
      Repository repository, String tag, ImageConfig config, List<Descriptor> layers) {
    byte[] json = config.toJson();
    Digest configDigest = blobs.put(json);
    Manifest manifest =
        new Manifest(new Descriptor(MediaTypes.CONFIG, configDigest, json.length), layers);
    byte[] bytes = manifest.toJson();
    Digest digest = store.put(repository, tag, MediaTypes.MANIFEST, bytes);
    return store.get(repository, digest).orElseThrow();
  }

  @Override
  public void close() {
    layers.close();
  }
}
