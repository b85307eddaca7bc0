package dev.naru.oci.build;

import dev.naru.oci.OciException;
import dev.naru.oci.fs.LayerView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Names of users and groups, by the {@code /etc/passwd} and {@code /etc/group} of an image. */
final class Users {
  private static final String NUMBER = "\\d{1,10}";

  private Users() {}

  /**
   * @param groups supplementary groups
   */
  record User(long uid, long gid, List<Long> groups, String home) {}

  /**
   * @param text {@code name|uid[:group|gid]}; empty is root
   */
  static User find(String text, LayerView view) throws IOException {
    String[] parts = text.isEmpty() ? new String[] {"0"} : text.split(":", 2);
    String name = parts[0];
    String[] entry = null;
    for (String line : lines(view, "etc/passwd")) {
      String[] fields = line.split(":", -1);
      if (fields.length >= 6 && (fields[0].equals(name) || fields[2].equals(name))) {
        entry = fields;
        break;
      }
    }
    if (entry == null && !name.matches(NUMBER)) {
      throw new OciException(
          OciException.BUILD_FAILED, "the image has no user '" + name + "' in /etc/passwd");
    }
    long uid = Long.parseLong(entry == null ? name : entry[2]);
    long gid = entry == null ? 0 : Long.parseLong(entry[3]);
    String home = entry == null ? "/" : entry[5];
    List<Long> groups = new ArrayList<>();
    if (parts.length > 1) {
      gid = group(parts[1], view);
    } else if (entry != null) {
      for (String line : lines(view, "etc/group")) {
        String[] fields = line.split(":", -1);
        if (fields.length >= 4 && List.of(fields[3].split(",")).contains(entry[0])) {
          groups.add(Long.parseLong(fields[2]));
        }
      }
    }
    return new User(uid, gid, List.copyOf(groups), home);
  }

  /** Owner of copied files: a user alone stands for the group of the same number or its own. */
  static User owner(String text, LayerView view) throws IOException {
    User user = find(text, view);
    boolean numberAlone = text.matches(NUMBER);
    return numberAlone ? new User(user.uid, user.uid, List.of(), user.home) : user;
  }

  private static long group(String name, LayerView view) throws IOException {
    if (name.matches(NUMBER)) {
      return Long.parseLong(name);
    }
    for (String line : lines(view, "etc/group")) {
      String[] fields = line.split(":", -1);
      if (fields.length >= 3 && fields[0].equals(name)) {
        return Long.parseLong(fields[2]);
      }
    }
    throw new OciException(
        OciException.BUILD_FAILED, "the image has no group '" + name + "' in /etc/group");
  }

  private static List<String> lines(LayerView view, String path) throws IOException {
    Optional<Path> file = view.find(view.resolve(path, true));
    return file.isPresent() && Files.isRegularFile(file.get())
        ? Files.readAllLines(file.get())
        : List.of();
  }
}
