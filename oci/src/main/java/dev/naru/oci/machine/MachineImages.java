package dev.naru.oci.machine;

import dev.naru.base.Digest;
import dev.naru.base.FileTrees;
import dev.naru.oci.Descriptor;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageRef;
import dev.naru.oci.ImageStore.Repository;
import dev.naru.oci.ImageStore.Stored;
import dev.naru.oci.Images;
import dev.naru.oci.LayerTar;
import dev.naru.oci.Manifest;
import dev.naru.oci.OciException;
import dev.naru.oci.ResolvedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The base images made from this machine, so that no public registry is needed: {@code
 * naru.local/jre}, {@code /web}, {@code /mongo} and {@code /host}. Each is made when it is first
 * asked for and again when what it is made of has changed; the same machine gives the same digest.
 * There is no shell in any of the first three.
 */
public final class MachineImages {
  /** Time of all files: 2026-01-01T00:00:00Z. */
  private static final long TIME_SECONDS = 1_767_225_600L;

  private static final String CREATED = "2026-01-01T00:00:00Z";

  /** Changes when this class makes other images of the same machine. */
  private static final String VERSION = "1";

  private static final String SOURCE_TAG = "source-";
  private static final Path CERTIFICATES = Path.of("/etc/ssl/certs/ca-certificates.crt");
  private static final String LIB = "/opt/naru/lib";
  private static final int APP_UID = 1000;

  private final Images images;
  private final Path javaHome;
  private final Path programs;

  /** One image is made at a time. */
  private final Object making = new Object();

  private MachineImages(Images images, Path javaHome, Path programs) {
    this.images = images;
    this.javaHome = javaHome;
    this.programs = programs;
  }

  /**
   * Lets {@code images} make the base images on demand. Returns at once.
   *
   * @param javaHome a JDK 25
   * @param programs the folder of jars that the room {@code images} builds ({@code
   *     images/target/image-lib})
   */
  public static MachineImages register(Images images, Path javaHome, Path programs) {
    MachineImages machine = new MachineImages(images, javaHome, programs);
    images.onDemand("jre", machine::jre);
    images.onDemand("web", () -> machine.program("web"));
    images.onDemand("mongo", () -> machine.program("mongo"));
    images.onDemand("host", machine::host);
    return machine;
  }

  /**
   * Makes those that are missing or made of something else than the machine has now; takes some
   * twenty seconds the first time and milliseconds after.
   */
  public void ensure() {
    host();
    jre();
    program("web");
    program("mongo");
  }

  private void host() {
    make(
        "host",
        Digest.of(VERSION),
        () ->
            store(
                "host",
                new ImageConfig.Builder()
                    .created(CREATED)
                    .env(
                        List.of(
                            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
                    .cmd(List.of("/bin/sh"))
                    .label(ResolvedImage.HOST_LABEL, "true"),
                List.of(),
                Digest.of(VERSION)));
  }

  private void jre() {
    Digest source = jreSource();
    make("jre", source, () -> makeJre(source));
  }

  private void program(String name) {
    jre();
    Digest source = Digest.of(jreSource() + " " + name + " " + state(jars(name)));
    make(name, source, () -> makeProgram(name, source));
  }

  private void make(String name, Digest source, Runnable maker) {
    synchronized (making) {
      if (!isMadeOf(name, source)) {
        maker.run();
      }
    }
  }

  /** A tag beside {@code latest} remembers the source, so that the image itself holds no trace. */
  private boolean isMadeOf(String name, Digest source) {
    Optional<Digest> made = images.store().digestOf(repository(name), SOURCE_TAG + source.hex());
    return made.isPresent() && made.equals(images.store().digestOf(repository(name), "latest"));
  }

  private static Repository repository(String name) {
    return Repository.builtIn(Images.MACHINE_HOST + "/" + name);
  }

  private Digest jreSource() {
    List<Path> files =
        new ArrayList<>(
            List.of(
                javaHome.resolve("release"),
                javaHome.resolve("lib/modules"),
                javaHome.resolve("lib/server/libjvm.so")));
    if (Files.exists(CERTIFICATES)) {
      files.add(CERTIFICATES);
    }
    try {
      Map<String, Path> libraries = HostLibraries.of(javaHome.resolve("lib/server"));
      files.addAll(libraries.values());
    } catch (IOException e) {
      throw OciException.io("look at the Java runtime", javaHome, e);
    }
    return Digest.of(VERSION + " " + state(files));
  }

  /** Names, sizes and times: what tells cheaply whether files have changed. */
  private static String state(List<Path> files) {
    TreeSet<String> lines = new TreeSet<>();
    for (Path file : files) {
      try {
        lines.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis());
      } catch (IOException e) {
        throw OciException.io("look at a file for the base images", file, e);
      }
    }
    return String.join("\n", lines);
  }

  private void makeJre(Digest source) {
    Path work = images.layers().scratch("jre");
    try {
      Path runtime = work.resolve("java");
      JavaRuntime.link(javaHome, runtime, TIME_SECONDS);
      LayerTar system = new LayerTar(TIME_SECONDS);
      BaseSystem.addTo(system, HostLibraries.of(runtime));
      if (Files.exists(CERTIFICATES)) {
        system.file("/etc/ssl/certs/ca-certificates.crt", CERTIFICATES.toRealPath(), 0644, 0, 0);
      }
      system.symlink("/usr/bin/java", JavaRuntime.HOME + "/bin/java", 0, 0);
      LayerTar java = new LayerTar(TIME_SECONDS);
      JavaRuntime.addTo(java, runtime);
      List<Descriptor> layers =
          List.of(system.writeTo(images.blobs()), java.writeTo(images.blobs()));
      ImageConfig.Builder config =
          new ImageConfig.Builder()
              .created(CREATED)
              .env(
                  List.of(
                      "PATH=" + JavaRuntime.HOME + "/bin:/usr/local/bin:/usr/bin:/bin",
                      "JAVA_HOME=" + JavaRuntime.HOME,
                      "LANG=C.UTF-8"))
              .workingDir("/")
              .addLayer(layers.get(0).digest(), "naru: C library and system files of this machine")
              .addLayer(layers.get(1).digest(), "naru: Java runtime of this machine");
      store("jre", config, layers, source);
    } catch (IOException e) {
      throw OciException.io("make naru.local/jre", work, e);
    } finally {
      delete(work);
    }
  }

  private static void delete(Path work) {
    try {
      FileTrees.delete(work);
    } catch (IOException e) {
      throw OciException.io("remove a work folder", work, e);
    }
  }

  private List<Path> jars(String name) {
    try (Stream<Path> files = Files.list(programs)) {
      List<Path> jars =
          files
              .filter(f -> f.getFileName().toString().endsWith(".jar"))
              .filter(
                  f -> name.equals("mongo") || f.getFileName().toString().startsWith("naru-images"))
              .sorted()
              .toList();
      if (jars.stream().noneMatch(f -> f.getFileName().toString().startsWith("naru-images"))) {
        throw new OciException(
            OciException.HOST_LACKS,
            "Tried to make naru.local/" + name + " but " + programs + " has no naru-images jar.");
      }
      return jars;
    } catch (IOException e) {
      throw OciException.io("read the programs of the base images", programs, e);
    }
  }

  private void makeProgram(String name, Digest source) {
    Stored jre =
        images.find(
            ImageRef.parse(Images.MACHINE_HOST + "/jre"),
            dev.naru.oci.PullPolicy.NEVER,
            Optional.empty());
    Manifest base = Manifest.parse(jre.bytes());
    LayerTar tar = new LayerTar(TIME_SECONDS);
    tar.directory("/opt/naru", 0755, 0, 0);
    tar.directory(LIB, 0755, 0, 0);
    try {
      for (Path jar : jars(name)) {
        tar.file(LIB + "/" + jar.getFileName(), jar, 0644, 0, 0);
      }
    } catch (IOException e) {
      throw OciException.io("make naru.local/" + name, programs, e);
    }
    ImageConfig.Builder config = images.config(base).toBuilder().created(CREATED);
    if (name.equals("web")) {
      tar.directory("/srv", 0755, 0, 0);
      tar.directory("/srv/www", 0755, 0, 0);
      config
          .user(APP_UID + ":" + APP_UID)
          .expose("8080/tcp")
          .workingDir("/srv/www")
          .entrypoint(java("-Xmx64m", "dev.naru.images.WebServer"));
    } else {
      tar.directory("/data", 0755, 0, 0);
      tar.directory("/data/db", 0755, 0, 0);
      config
          .expose("27017/tcp")
          .volume("/data/db")
          .entrypoint(java("-Xmx256m", "dev.naru.images.MongoServer"));
    }
    Descriptor layer = tar.writeTo(images.blobs());
    config.stopSignal("SIGTERM").addLayer(layer.digest(), "naru: program " + name);
    List<Descriptor> layers = new ArrayList<>(base.layers());
    layers.add(layer);
    store(name, config, layers, source);
  }

  private static List<String> java(String heap, String main) {
    return List.of(
        "java",
        heap,
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        LIB + "/*",
        main);
  }

  private void store(
      String name, ImageConfig.Builder config, List<Descriptor> layers, Digest source) {
    Repository repository = repository(name);
    Stored stored = images.put(repository, "latest", config.build(), layers);
    for (String tag : images.store().tags(repository)) {
      if (tag.startsWith(SOURCE_TAG)) {
        images.store().untag(repository, tag);
      }
    }
    images.store().tag(repository, SOURCE_TAG + source.hex(), stored.digest());
  }
}
