package dev.naru.node;

import dev.naru.oci.fs.Linux;
import dev.naru.oci.fs.Overlay;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a container on the machine's own root must not see. It is hidden in the writable layer
 * before the layers are joined: private directories become empty ones that take writes, secret
 * files become empty files, host keys vanish. That costs no mount and no memory.
 *
 * <p>Only the file system of {@code /} is shown; other mounts of the machine are absent by
 * themselves.
 */
final class HostImage {
  private static final Map<String, Integer> EMPTY_DIRECTORIES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("root", 0700),
              Map.entry("home", 0755),
              Map.entry("tmp", 01777),
              Map.entry("run", 0755),
              Map.entry("var/tmp", 01777),
              Map.entry("var/backups", 0755),
              Map.entry("var/mail", 02775),
              Map.entry("var/spool", 0755),
              Map.entry("var/log", 0755),
              Map.entry("var/lib/naru", 0700),
              Map.entry("var/lib/docker", 0700),
              Map.entry("var/lib/containerd", 0700),
              Map.entry("var/lib/containers", 0700),
              Map.entry("var/lib/kubelet", 0700),
              Map.entry("var/lib/rancher", 0700),
              Map.entry("var/lib/etcd", 0700),
              Map.entry("var/lib/mysql", 0700),
              Map.entry("var/lib/postgresql", 0700),
              Map.entry("var/lib/mongodb", 0700),
              Map.entry("etc/ssl/private", 0700),
              Map.entry("etc/kubernetes", 0700),
              Map.entry("etc/rancher", 0700),
              Map.entry("etc/letsencrypt", 0700),
              Map.entry("etc/wireguard", 0700),
              Map.entry("etc/sudoers.d", 0750),
              Map.entry("etc/NetworkManager/system-connections", 0700)));

  private static final List<String> EMPTY_FILES =
      List.of(
          "etc/shadow",
          "etc/shadow-",
          "etc/gshadow",
          "etc/gshadow-",
          "etc/sudoers",
          "etc/krb5.keytab",
          "etc/machine-id");

  private HostImage() {}

  /**
   * Prepares the writable layer.
   *
   * @param upper an empty directory, not mounted yet
   * @param more further directories of the machine to be emptied, such as the data directory
   */
  static void hide(Path upper, List<Path> more) throws IOException {
    Map<String, Integer> directories = new TreeMap<>(EMPTY_DIRECTORIES);
    for (Path path : more) {
      // Through links: what is hidden has to be the directory itself.
      Path real = Files.exists(path) ? path.toRealPath() : path;
      directories.put(real.toString().substring(1), 0700);
    }
    for (Map.Entry<String, Integer> entry : directories.entrySet()) {
      Path below = Path.of("/").resolve(entry.getKey());
      if (Files.isDirectory(below, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
        Path hidden = mirror(upper, entry.getKey());
        Overlay.setOpaque(hidden);
        Linux.chmod(hidden, entry.getValue());
      }
    }
    for (String file : EMPTY_FILES) {
      if (Files.exists(Path.of("/", file))) {
        mirrorParent(upper, file);
        Path empty = upper.resolve(file);
        Files.createFile(empty);
        Linux.chmod(empty, 0640);
      }
    }
    hideHostKeys(upper);
    Files.createDirectories(upper.resolve("run/lock"));
    Linux.chmod(upper.resolve("run/lock"), 01777);
  }

  private static void hideHostKeys(Path upper) throws IOException {
    Path ssh = Path.of("/etc/ssh");
    if (Files.isDirectory(ssh)) {
      try (DirectoryStream<Path> keys = Files.newDirectoryStream(ssh, "ssh_host_*_key")) {
        for (Path key : keys) {
          mirrorParent(upper, key.toString().substring(1));
          Overlay.whiteout(upper.resolve(key.toString().substring(1)));
        }
      }
    }
  }

  /** Makes the directory with the owner and mode that each of its parents has on the machine. */
  private static Path mirror(Path upper, String path) throws IOException {
    Path relative = Path.of(path);
    for (int i = 1; i <= relative.getNameCount(); i++) {
      Path part = relative.subpath(0, i);
      Path copy = upper.resolve(part);
      if (!Files.isDirectory(copy)) {
        Files.createDirectory(copy);
        Path original = Path.of("/").resolve(part);
        Linux.chown(copy, number(original, "unix:uid"), number(original, "unix:gid"));
        Linux.chmod(copy, (int) number(original, "unix:mode") & 07777);
      }
    }
    return upper.resolve(path);
  }

  private static void mirrorParent(Path upper, String file) throws IOException {
    Path parent = Path.of(file).getParent();
    if (parent != null) {
      mirror(upper, parent.toString());
    }
  }

  private static long number(Path path, String attribute) throws IOException {
    return ((Number) Files.getAttribute(path, attribute)).longValue();
  }
}
