package dev.naru.gitops.render;

import dev.naru.gitops.render.Kustomization.Generator;
import dev.naru.gitops.render.Kustomization.GeneratorOptions;
import dev.naru.gitops.render.Kustomization.Image;
import dev.naru.gitops.render.Kustomization.LabelSet;
import dev.naru.gitops.render.Kustomization.Patch;
import dev.naru.gitops.render.Kustomization.Ref;
import dev.naru.gitops.render.Kustomization.Replica;
import dev.naru.gitops.render.Kustomization.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads {@code kustomization.yaml}, {@code kustomization.yml} or {@code Kustomization}.
 *
 * <p>Source: the kustomization reference of Kustomize 5 (kustomize.config.k8s.io/v1beta1 and
 * v1alpha1 Component). Fields that it has and this does not are refused by name.
 */
final class KustomizationReader {
  private static final List<String> NAMES =
      List.of("kustomization.yaml", "kustomization.yml", "Kustomization");
  private static final Set<String> KNOWN =
      Set.of(
          "apiVersion",
          "kind",
          "metadata",
          "resources",
          "bases",
          "components",
          "namespace",
          "namePrefix",
          "nameSuffix",
          "labels",
          "commonLabels",
          "commonAnnotations",
          "images",
          "replicas",
          "patches",
          "patchesStrategicMerge",
          "patchesJson6902",
          "configMapGenerator",
          "secretGenerator",
          "generatorOptions",
          "sortOptions");
  private static final Set<String> PATCH = Set.of("path", "patch", "target", "options");

  private final SourceTree tree;
  private final String directory;
  private final Yaml.Document document;
  private final Fields fields;

  private KustomizationReader(SourceTree tree, String directory, Yaml.Document document) {
    this.tree = tree;
    this.directory = directory;
    this.document = document;
    for (String key : document.map().keySet()) {
      if (!KNOWN.contains(key)) {
        throw new RenderException(
            document.at(key) + ": the kustomization field '" + key + "' is not supported");
      }
    }
    this.fields = new Fields(document.map(), document.at(""), "the kustomization", KNOWN);
  }

  /** The kustomization file in {@code directory}, empty when there is none. */
  static java.util.Optional<String> find(SourceTree tree, String directory) {
    return NAMES.stream()
        .map(n -> Paths.join(directory, n))
        .filter(p -> tree.kind(p) == SourceTree.Kind.FILE)
        .findFirst();
  }

  static Kustomization read(SourceTree tree, String directory) {
    String file =
        find(tree, directory)
            .orElseThrow(
                () ->
                    new RenderException(
                        (directory.isEmpty() ? "/" : directory) + ": has no kustomization.yaml"));
    List<Yaml.Document> documents = Yaml.read(file, tree.read(file));
    if (documents.size() != 1) {
      throw new RenderException(file + ":1: must hold one document, but holds " + documents.size());
    }
    return new KustomizationReader(tree, directory, documents.getFirst()).read();
  }

  /** The kustomization that an Application's own fields make. */
  static Kustomization overlay(SourceTree tree, String directory, Map<String, Object> fields) {
    Yaml.Document document = new Yaml.Document(fields, "spec.source.kustomize", 1, Map.of());
    return new KustomizationReader(tree, directory, document).read();
  }

  private Kustomization read() {
    String kind = fields.text("kind");
    if (!Set.of("", "Kustomization", "Component").contains(kind)) {
      throw new RenderException(document.at("kind") + ": kind '" + kind + "' is not Kustomization");
    }
    List<Ref> resources = new ArrayList<>(refs("resources"));
    resources.addAll(refs("bases"));
    return new Kustomization(
        document.file(),
        directory,
        kind.equals("Component"),
        resources,
        refs("components"),
        fields.text("namespace"),
        fields.text("namePrefix"),
        fields.text("nameSuffix"),
        labels(),
        fields.texts("commonAnnotations"),
        images(),
        replicas(),
        patches("patches", false),
        strategic(),
        patches("patchesJson6902", true),
        generators(),
        options("generatorOptions", fields.map("generatorOptions")));
  }

  private List<Ref> refs(String key) {
    return fields.textList(key).stream().map(p -> new Ref(p, document.at(key))).toList();
  }

  private List<LabelSet> labels() {
    List<LabelSet> all = new ArrayList<>();
    // As Kustomize: labels first, then commonLabels, whose value wins.
    for (Map<String, Object> entry : fields.maps("labels")) {
      Fields f =
          new Fields(
              entry,
              document.at("labels"),
              "an entry of labels",
              Set.of("pairs", "includeSelectors", "includeTemplates"));
      all.add(
          new LabelSet(f.texts("pairs"), f.flag("includeSelectors"), f.flag("includeTemplates")));
    }
    if (!fields.map("commonLabels").isEmpty()) {
      all.add(new LabelSet(fields.texts("commonLabels"), true, true));
    }
    return all;
  }

  private List<Image> images() {
    List<Image> all = new ArrayList<>();
    for (Map<String, Object> entry : fields.maps("images")) {
      Fields f =
          new Fields(
              entry,
              document.at("images"),
              "an entry of images",
              Set.of("name", "newName", "newTag", "digest", "tagSuffix"));
      all.add(
          new Image(
              f.needed("name"),
              f.text("newName"),
              f.text("newTag"),
              f.text("digest"),
              f.text("tagSuffix")));
    }
    return all;
  }

  private List<Replica> replicas() {
    List<Replica> all = new ArrayList<>();
    for (Map<String, Object> entry : fields.maps("replicas")) {
      Fields f =
          new Fields(
              entry, document.at("replicas"), "an entry of replicas", Set.of("name", "count"));
      all.add(new Replica(f.needed("name"), f.number("count"), document.at("replicas")));
    }
    return all;
  }

  private List<Patch> strategic() {
    List<Patch> all = new ArrayList<>();
    for (String entry : fields.textList("patchesStrategicMerge")) {
      String at = document.at("patchesStrategicMerge");
      boolean inline = entry.indexOf('\n') >= 0;
      all.add(
          new Patch(
              inline ? entry : file(entry, at),
              inline ? at : Paths.join(directory, entry) + ":1",
              Target.NONE,
              false,
              false));
    }
    return all;
  }

  private List<Patch> patches(String key, boolean targeted) {
    List<Patch> all = new ArrayList<>();
    for (Map<String, Object> entry : fields.maps(key)) {
      String at = document.at(key);
      Fields f = new Fields(entry, at, "an entry of " + key, PATCH);
      if (f.text("path").isEmpty() == f.text("patch").isEmpty()) {
        throw new RenderException(at + ": an entry of " + key + " needs one of 'path' and 'patch'");
      }
      Fields options =
          new Fields(
              f.map("options"),
              at,
              "options of a patch",
              Set.of("allowNameChange", "allowKindChange"));
      boolean inline = f.text("path").isEmpty();
      Target target = target(f.map("target"), at);
      if (targeted && !target.given()) {
        throw new RenderException(at + ": an entry of " + key + " needs the field 'target'");
      }
      all.add(
          new Patch(
              inline ? f.text("patch") : file(f.text("path"), at),
              inline ? at : Paths.join(directory, f.text("path")) + ":1",
              target,
              options.flag("allowNameChange"),
              options.flag("allowKindChange")));
    }
    return all;
  }

  private static Target target(Map<String, Object> map, String at) {
    if (map.isEmpty()) {
      return Target.NONE;
    }
    Fields f =
        new Fields(
            map,
            at,
            "the target of a patch",
            Set.of(
                "group",
                "version",
                "kind",
                "name",
                "namespace",
                "labelSelector",
                "annotationSelector"));
    return new Target(
        true,
        f.text("group"),
        f.text("version"),
        f.text("kind"),
        f.text("name"),
        f.text("namespace"),
        f.text("labelSelector"),
        f.text("annotationSelector"));
  }

  private List<Generator> generators() {
    List<Generator> all = new ArrayList<>();
    for (String key : List.of("configMapGenerator", "secretGenerator")) {
      boolean secret = key.equals("secretGenerator");
      for (Map<String, Object> entry : fields.maps(key)) {
        all.add(generator(entry, secret, document.at(key), key));
      }
    }
    return all;
  }

  private Generator generator(Map<String, Object> entry, boolean secret, String at, String key) {
    Fields f =
        new Fields(
            entry,
            at,
            "an entry of " + key,
            Set.of(
                "name",
                "namespace",
                "behavior",
                "type",
                "literals",
                "files",
                "envs",
                "env",
                "options"));
    List<String> envs = new ArrayList<>(f.textList("envs"));
    if (!f.text("env").isEmpty()) {
      envs.add(f.text("env"));
    }
    String behavior = f.text("behavior").isEmpty() ? "create" : f.text("behavior");
    if (!Set.of("create", "merge", "replace").contains(behavior)) {
      throw new RenderException(
          at + ": behavior '" + behavior + "' is not create, merge or replace");
    }
    return new Generator(
        secret,
        f.needed("name"),
        f.text("namespace"),
        behavior,
        f.text("type"),
        f.textList("literals"),
        f.textList("files"),
        envs,
        options(key, f.map("options")),
        at);
  }

  private GeneratorOptions options(String key, Map<String, Object> map) {
    Fields f =
        new Fields(
            map,
            document.at(key),
            "generator options",
            Set.of("labels", "annotations", "disableNameSuffixHash", "immutable"));
    return new GeneratorOptions(
        f.texts("labels"),
        f.texts("annotations"),
        f.flag("disableNameSuffixHash"),
        f.flag("immutable"));
  }

  private String file(String path, String at) {
    return new String(tree.read(Paths.below(directory, path, at)), StandardCharsets.UTF_8);
  }
}
