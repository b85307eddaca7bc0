package dev.naru.node.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Mounts of this mount namespace, as mount(8) would make them. */
public final class Mounts {
  private Mounts() {}

  /** Makes {@code target} show {@code source}, without the mounts below it. */
  public static void bind(Path source, Path target) {
    Linux.mount(source.toString(), target, null, Linux.MS_BIND, null);
  }

  /**
   * A memory file system.
   *
   * @param sizeMax in bytes; 0 is the kernel's default, half of the memory
   * @param mode octal permissions of its root, such as {@code "1777"}
   */
  public static void tmpfs(Path target, long sizeMax, String mode) {
    String options = "mode=" + mode + (sizeMax > 0 ? ",size=" + sizeMax : "");
    Linux.mount("tmpfs", target, "tmpfs", Linux.MS_NOSUID | Linux.MS_NODEV, options);
  }

  /**
   * An overlay: {@code lowers} from top to bottom, changes go to {@code upper}.
   *
   * @throws LinuxException with ELOOP or EINVAL where the kernel does not take an upper directory
   *     that lies below a lower one
   */
  public static void overlay(List<Path> lowers, Path upper, Path work, Path target) {
    List<String> names = lowers.stream().map(p -> escape(p.toString())).toList();
    String options =
        "lowerdir=%s,upperdir=%s,workdir=%s"
            .formatted(String.join(":", names), escape(upper.toString()), escape(work.toString()));
    Linux.mount("overlay", target, "overlay", 0, options);
  }

  private static String escape(String path) {
    return path.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,");
  }

  /** All mount points at or below {@code directory}, in the order in which they were made. */
  public static List<Path> below(Path directory) {
    List<Path> found = new ArrayList<>();
    try {
      for (String line :
          Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8)) {
        Path point = Path.of(unescape(line.split(" ", 6)[4]));
        if (point.startsWith(directory)) {
          found.add(point);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Tried to read the mount table", e);
    }
    return found;
  }

  /** Unmounts all at or below {@code directory}, the newest first. */
  public static void unmountBelow(Path directory) {
    for (Path point : below(directory).reversed()) {
      Linux.unmount(point);
    }
  }

  /** mountinfo writes space, tab, newline and backslash as three octal digits. */
  static String unescape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 3 < text.length()) {
        out.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
