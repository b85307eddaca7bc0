package dev.naru.oci.machine;

import dev.naru.oci.LayerTar;
import dev.naru.oci.OciException;
import dev.naru.oci.fs.FileStat;
import dev.naru.oci.fs.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The Java runtime of the base images, linked from a JDK of this machine. */
final class JavaRuntime {
  static final String HOME = "/opt/java";

  /** What Spring Boot applications and Naru's own programs use. */
  private static final List<String> MODULES =
      List.of(
          "java.base",
          "java.compiler",
          "java.desktop",
          "java.instrument",
          "java.logging",
          "java.management",
          "java.management.rmi",
          "java.naming",
          "java.net.http",
          "java.prefs",
          "java.rmi",
          "java.scripting",
          "java.security.jgss",
          "java.security.sasl",
          "java.sql",
          "java.sql.rowset",
          "java.transaction.xa",
          "java.xml",
          "java.xml.crypto",
          "jdk.charsets",
          "jdk.crypto.cryptoki",
          "jdk.httpserver",
          "jdk.jcmd",
          "jdk.jfr",
          "jdk.localedata",
          "jdk.management",
          "jdk.management.agent",
          "jdk.naming.dns",
          "jdk.net",
          "jdk.security.auth",
          "jdk.unsupported",
          "jdk.zipfs");

  /** Parts that need a display or a sound card; their own libraries are not in the image. */
  private static final List<String> LEFT_OUT =
      List.of(
          "libawt_xawt.so", "libjawt.so", "libsplashscreen.so", "libjsound.so", "libjavajpeg.so");

  private JavaRuntime() {}

  /**
   * Links the runtime into {@code target}, which must not exist, with a class data archive, so that
   * programs start faster. The same JDK gives the same files.
   */
  static void link(Path javaHome, Path target, long timeSeconds) throws IOException {
    Path jlink = javaHome.resolve("bin/jlink");
    if (!Files.isExecutable(jlink)) {
      throw new OciException(
          OciException.HOST_LACKS,
          "Tried to make naru.local/jre but there is no " + jlink + "; install a full JDK 25.");
    }
    HostLibraries.run(
        List.of(
            jlink.toString(),
            "--add-modules",
            String.join(",", MODULES),
            "--strip-debug",
            "--no-man-pages",
            "--no-header-files",
            "--compress",
            "zip-6",
            "--output",
            target.toString()));
    for (String name : LEFT_OUT) {
      Files.deleteIfExists(target.resolve("lib").resolve(name));
    }
    // The archive names the state of the modules file, time included: give it its final time now.
    Linux.setTime(target.resolve("lib/modules"), timeSeconds);
    HostLibraries.run(List.of(target.resolve("bin/java").toString(), "-Xshare:dump"));
  }

  /** Adds the linked runtime as {@link #HOME}. */
  static void addTo(LayerTar layer, Path runtime) throws IOException {
    layer.directory("/opt", 0755, 0, 0);
    List<Path> files = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(runtime)) {
      walk.forEach(files::add);
    }
    for (Path file : files) {
      String path = HOME + "/" + runtime.relativize(file);
      FileStat stat = FileStat.of(file);
      if (stat.isSymlink()) {
        layer.symlink(path, Files.readSymbolicLink(file).toString(), 0, 0);
      } else if (stat.isDirectory()) {
        layer.directory(path, 0755, 0, 0);
      } else {
        boolean executable = (stat.permissions() & 0111) != 0;
        layer.file(path, file, executable ? 0755 : 0644, 0, 0, Map.of());
      }
    }
  }
}
