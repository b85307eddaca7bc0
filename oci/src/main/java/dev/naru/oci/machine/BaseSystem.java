package dev.naru.oci.machine;

import dev.naru.oci.LayerTar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The small system around a Java runtime: C library, users, and the usual folders. */
final class BaseSystem {
  private static final String PASSWD =
      """
      root:x:0:0:root:/root:/sbin/nologin
      app:x:1000:1000:app:/home/app:/sbin/nologin
      nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
      """;

  private static final String GROUP =
      """
      root:x:0:
      app:x:1000:
      nogroup:x:65534:
      """;

  private BaseSystem() {}

  /**
   * @param libraries path as the loader looks for it → the real file
   */
  static void addTo(LayerTar layer, Map<String, Path> libraries) throws IOException {
    for (String folder :
        List.of(
            "etc",
            "etc/ssl",
            "etc/ssl/certs",
            "home",
            "usr",
            "usr/bin",
            "usr/local",
            "usr/local/bin",
            "usr/lib",
            "usr/lib64",
            "var",
            "srv",
            "opt",
            "run",
            "proc",
            "sys",
            "dev")) {
      layer.directory(folder, 0755, 0, 0);
    }
    layer.directory("tmp", 01777, 0, 0);
    layer.directory("var/tmp", 01777, 0, 0);
    layer.directory("root", 0700, 0, 0);
    layer.directory("home/app", 0755, 1000, 1000);
    layer.symlink("bin", "usr/bin", 0, 0);
    layer.symlink("lib", "usr/lib", 0, 0);
    layer.symlink("lib64", "usr/lib64", 0, 0);
    layer.text("etc/passwd", PASSWD, 0644);
    layer.text("etc/group", GROUP, 0644);
    layer.text("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n", 0644);
    layer.text("etc/os-release", "ID=naru\nNAME=\"Naru base image\"\n", 0644);
    for (Map.Entry<String, Path> library : libraries.entrySet()) {
      String path = library.getKey();
      String real = path.startsWith("/usr/") ? path : "/usr" + path;
      addFolders(layer, real);
      layer.file(real, library.getValue(), 0755, 0, 0);
    }
  }

  private static void addFolders(LayerTar layer, String path) {
    for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      layer.directory(path.substring(0, slash), 0755, 0, 0);
    }
  }
}
