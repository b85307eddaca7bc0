package dev.naru.gitops.render;

import dev.naru.gitops.render.Kustomization.Image;
import dev.naru.gitops.render.Kustomization.LabelSet;
import dev.naru.gitops.render.Kustomization.Patch;
import dev.naru.gitops.render.Kustomization.Ref;
import dev.naru.gitops.render.Kustomization.Replica;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Builds a kustomization: resources → components → generators → transformers in Kustomize's order,
 * then references follow the new names; hashes at the very end.
 *
 * <p>Source: Kustomize 5, order of the built-in transformers.
 */
final class Kustomizer {
  private static final Set<String> UNPREFIXED =
      Set.of("Namespace", "CustomResourceDefinition", "APIService");
  private static final Set<String> SCALED =
      Set.of("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet");
  private static final int DEPTH_MAX = 50;

  private final SourceTree tree;
  private final Deque<String> path = new ArrayDeque<>();

  private Kustomizer(SourceTree tree) {
    this.tree = tree;
  }

  static List<Item> build(SourceTree tree, String directory, KustomizeOptions options) {
    Kustomizer kustomizer = new Kustomizer(tree);
    Kustomization top = KustomizationReader.read(tree, directory);
    if (top.component()) {
      throw new RenderException(top.file() + ":1: a Component cannot be built on its own");
    }
    List<Item> items = new ArrayList<>();
    kustomizer.enter(
        directory, top.file(), () -> kustomizer.process(top.with(tree, options), items));
    for (Item item : items) {
      if (item.hashed()) {
        item.rename(item.name() + "-" + NameHash.of(item));
      }
    }
    NameReferences.follow(items);
    return items;
  }

  private void process(Kustomization k, List<Item> items) {
    for (Ref ref : k.resources()) {
      resource(k, ref, items);
    }
    for (Ref ref : k.components()) {
      component(k, ref, items);
    }
    new Generators(tree, k).apply(items);
    transform(k, items);
    NameReferences.follow(items);
  }

  private void resource(Kustomization k, Ref ref, List<Item> items) {
    refuseRemote(ref);
    String at = Paths.resolve(k.directory(), ref.path(), ref.at());
    switch (tree.kind(at)) {
      case FILE -> {
        Paths.below(k.directory(), ref.path(), ref.at());
        ManifestFiles.read(tree, at).forEach(i -> add(items, i));
      }
      case DIRECTORY -> {
        Kustomization nested = KustomizationReader.read(tree, at);
        if (nested.component()) {
          throw new RenderException(
              ref.at() + ": '" + ref.path() + "' is a Component; list it under components");
        }
        List<Item> inner = new ArrayList<>();
        enter(at, ref.at(), () -> process(nested, inner));
        inner.forEach(i -> add(items, i));
      }
      case ABSENT -> throw new RenderException(ref.at() + ": there is no '" + ref.path() + "'");
      case OTHER ->
          throw new RenderException(
              ref.at() + ": '" + ref.path() + "' is a symbolic link, which is not followed");
    }
  }

  private void component(Kustomization k, Ref ref, List<Item> items) {
    refuseRemote(ref);
    String at = Paths.resolve(k.directory(), ref.path(), ref.at());
    if (tree.kind(at) != SourceTree.Kind.DIRECTORY) {
      throw new RenderException(ref.at() + ": there is no folder '" + ref.path() + "'");
    }
    Kustomization nested = KustomizationReader.read(tree, at);
    if (!nested.component()) {
      throw new RenderException(ref.at() + ": '" + ref.path() + "' is not of kind Component");
    }
    enter(at, ref.at(), () -> process(nested, items));
  }

  private static void refuseRemote(Ref ref) {
    String p = ref.path();
    if (p.contains("://")
        || p.contains("?ref=")
        || p.startsWith("git@")
        || p.contains("//")
        || p.startsWith("github.com/")) {
      throw new RenderException(
          ref.at() + ": the remote resource '" + p + "' is not supported; copy it in");
    }
  }

  private void enter(String directory, String at, Runnable inside) {
    if (path.contains(directory) || path.size() >= DEPTH_MAX) {
      throw new RenderException(at + ": the kustomization '" + directory + "' includes itself");
    }
    path.push(directory);
    inside.run();
    path.pop();
  }

  private static void add(List<Item> items, Item item) {
    Optional<Item> same =
        items.stream()
            .filter(i -> i.kind().equals(item.kind()) && i.group().equals(item.group()))
            .filter(i -> i.name().equals(item.name()))
            .filter(i -> i.namespace().equals(item.namespace()))
            .findFirst();
    if (same.isPresent()) {
      throw new RenderException(
          item.source() + ": " + item.label() + " is there already, from " + same.get().source());
    }
    items.add(item);
  }

  private static void transform(Kustomization k, List<Item> items) {
    Patches patches = new Patches(items);
    for (Patch patch : k.strategicPatches()) {
      patches.apply(patch);
    }
    for (Patch patch : k.patches()) {
      patches.apply(patch);
    }
    if (!k.namespace().isEmpty()) {
      Namespaces.apply(items, k.namespace());
    }
    if (!k.namePrefix().isEmpty() || !k.nameSuffix().isEmpty()) {
      for (Item item : items) {
        if (!UNPREFIXED.contains(item.kind())) {
          item.rename(k.namePrefix() + item.name() + k.nameSuffix());
        }
      }
    }
    for (Item item : items) {
      for (LabelSet set : k.labels()) {
        Labels.apply(item, set);
      }
      Labels.annotate(item, k.commonAnnotations());
    }
    for (Patch patch : k.jsonPatches()) {
      patches.apply(patch);
    }
    for (Replica replica : k.replicas()) {
      scale(items, replica);
    }
    for (Item item : items) {
      for (Image image : k.images()) {
        Images.apply(item, image);
      }
    }
  }

  private static void scale(List<Item> items, Replica replica) {
    boolean found = false;
    for (Item item : items) {
      if (SCALED.contains(item.kind()) && item.wasNamed(replica.name())) {
        Trees.make(item.body(), "spec").put("replicas", replica.count());
        found = true;
      }
    }
    if (!found) {
      throw new RenderException(
          replica.at()
              + ": replicas names the workload '"
              + replica.name()
              + "', which is not there");
    }
  }

  /** Moves everything that lives in namespaces. */
  private static final class Namespaces {
    static void apply(List<Item> items, String namespace) {
      for (Item item : items) {
        if (item.kind().equals("Namespace") && item.group().isEmpty()) {
          item.rename(namespace);
        } else if (item.isNamespaced()) {
          item.moveTo(namespace);
        }
        String kind = item.kind();
        if (kind.equals("RoleBinding") || kind.equals("ClusterRoleBinding")) {
          Trees.visit(
              item.body(), "subjects[]/name", false, subject -> subject(subject, namespace));
        }
        if (kind.equals("APIService")) {
          put(item.body(), "spec/service/namespace", namespace);
        }
        if (kind.endsWith("WebhookConfiguration")) {
          put(item.body(), "webhooks[]/clientConfig/service/namespace", namespace);
        }
      }
    }

    private static void subject(Map<String, Object> subject, String namespace) {
      boolean account = Trees.text(subject, "kind").equals("ServiceAccount");
      if (account && Trees.text(subject, "name").equals("default")) {
        subject.put("namespace", namespace);
      }
    }

    private static void put(Map<String, Object> body, String path, String namespace) {
      Trees.visit(body, path, false, holder -> holder.put("namespace", namespace));
    }
  }
}
