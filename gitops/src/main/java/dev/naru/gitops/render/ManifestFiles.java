package dev.naru.gitops.render;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;

/** Plain manifests: files of one or more objects, and folders of such files. */
final class ManifestFiles {
  private static final int DEPTH_MAX = 50;

  private ManifestFiles() {}

  /** The objects of one file. Lists are taken apart; what is marked local-config is left out. */
  static List<Item> read(SourceTree tree, String file) {
    List<Item> items = new ArrayList<>();
    for (Yaml.Document document : Yaml.read(file, tree.read(file))) {
      add(document.map(), file + ":" + document.line(), items);
    }
    return items;
  }

  private static void add(Map<String, Object> body, String source, List<Item> items) {
    String kind = Trees.text(body, "kind");
    if (kind.endsWith("List") && body.get("items") instanceof List<?> list) {
      for (Object each : list) {
        add(
            Trees.map(each)
                .orElseThrow(() -> new RenderException(source + ": an item is not an object")),
            source,
            items);
      }
      return;
    }
    if (kind.isEmpty() || Trees.text(body, "apiVersion").isEmpty()) {
      throw new RenderException(source + ": an object needs apiVersion and kind");
    }
    if (Trees.text(body, "metadata", "name").isEmpty()) {
      throw new RenderException(source + ": " + kind + " needs metadata.name");
    }
    String local = Trees.text(body, "metadata", "annotations", "config.kubernetes.io/local-config");
    if (!local.equals("true")) {
      items.add(new Item(body, source));
    }
  }

  /**
   * The objects of the YAML and JSON files in a folder.
   *
   * @param include glob of paths below the folder; empty is all
   * @param exclude glob of paths to leave out; empty is none
   */
  static List<Item> folder(
      SourceTree tree, String directory, boolean recurse, String include, String exclude) {
    List<Item> items = new ArrayList<>();
    walk(
        tree,
        directory,
        "",
        recurse ? DEPTH_MAX : 0,
        matcher(include.isEmpty() ? "**" : include),
        matcher(exclude),
        items);
    return items;
  }

  private static void walk(
      SourceTree tree,
      String root,
      String below,
      int depth,
      PathMatcher include,
      PathMatcher exclude,
      List<Item> items) {
    for (String name : tree.list(Paths.join(root, below))) {
      String relative = Paths.join(below, name);
      String path = Paths.join(root, relative);
      switch (tree.kind(path)) {
        case DIRECTORY -> {
          if (depth > 0) {
            walk(tree, root, relative, depth - 1, include, exclude, items);
          }
        }
        case FILE -> {
          Path asPath = Path.of(relative);
          if (name.matches(".*\\.(ya?ml|json)")
              && include.matches(asPath)
              && !exclude.matches(asPath)) {
            items.addAll(read(tree, path));
          }
        }
        case OTHER, ABSENT -> {
          // Links are not followed.
        }
      }
    }
  }

  private static PathMatcher matcher(String glob) {
    try {
      return glob.isEmpty() ? p -> false : FileSystems.getDefault().getPathMatcher("glob:" + glob);
    } catch (PatternSyntaxException e) {
      throw new RenderException("'" + glob + "' is not a glob pattern", e);
    }
  }
}
