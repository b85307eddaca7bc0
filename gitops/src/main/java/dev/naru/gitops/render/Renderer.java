package dev.naru.gitops.render;

import java.util.List;

/** Renders one folder of a source tree, finding out by itself what is in it. */
public final class Renderer {
  /** How a folder was rendered, in Argo CD's words. */
  public enum Type {
    KUSTOMIZE("Kustomize"),
    DIRECTORY("Directory");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /** What a folder gives. */
  public record Rendered(Type type, List<Manifest> manifests) {
    public Rendered {
      manifests = List.copyOf(manifests);
    }
  }

  /**
   * How plain folders are read.
   *
   * @param include glob, empty is all
   * @param exclude glob, empty is none
   */
  public record DirectoryOptions(boolean recurse, String include, String exclude) {
    public static final DirectoryOptions NONE = new DirectoryOptions(false, "", "");
  }

  private Renderer() {}

  /**
   * The objects of the folder {@code path}.
   *
   * @throws RenderException with file, line and what is wrong; nothing is rendered then
   */
  public static Rendered render(
      SourceTree tree, String path, KustomizeOptions kustomize, DirectoryOptions directory) {
    String folder = Paths.resolve("", path, "the path of the source");
    if (tree.kind(folder) != SourceTree.Kind.DIRECTORY) {
      throw new RenderException("the source has no folder '" + path + "'");
    }
    if (KustomizationReader.find(tree, folder).isPresent()) {
      return new Rendered(Type.KUSTOMIZE, manifests(Kustomizer.build(tree, folder, kustomize)));
    }
    if (tree.kind(Paths.join(folder, "Chart.yaml")) == SourceTree.Kind.FILE) {
      throw new RenderException(
          Paths.join(folder, "Chart.yaml") + ":1: Helm charts are not supported");
    }
    if (!kustomize.equals(KustomizeOptions.NONE)) {
      throw new RenderException(
          "the source asks for Kustomize, but '" + path + "' has no kustomization.yaml");
    }
    return new Rendered(
        Type.DIRECTORY,
        manifests(
            ManifestFiles.folder(
                tree, folder, directory.recurse(), directory.include(), directory.exclude())));
  }

  private static List<Manifest> manifests(List<Item> items) {
    return items.stream().map(i -> new Manifest(i.body(), i.source())).toList();
  }
}
