package dev.naru.gitops.render;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A kustomization file as typed values, in the units of the Kustomize 5 reference. What a field
 * means is said where it is applied.
 *
 * @param file path of the file
 * @param directory where its paths start
 */
record Kustomization(
    String file,
    String directory,
    boolean component,
    List<Ref> resources,
    List<Ref> components,
    String namespace,
    String namePrefix,
    String nameSuffix,
    List<LabelSet> labels,
    Map<String, String> commonAnnotations,
    List<Image> images,
    List<Replica> replicas,
    List<Patch> patches,
    List<Patch> strategicPatches,
    List<Patch> jsonPatches,
    List<Generator> generators,
    GeneratorOptions generatorOptions) {

  /** This with what an Application lays over it; values given there win. */
  Kustomization with(SourceTree tree, KustomizeOptions options) {
    if (options.equals(KustomizeOptions.NONE)) {
      return this;
    }
    Kustomization over = KustomizationReader.overlay(tree, directory, options.asFields());
    return new Kustomization(
        file,
        directory,
        component,
        resources,
        joined(components, over.components),
        over.namespace.isEmpty() ? namespace : over.namespace,
        over.namePrefix.isEmpty() ? namePrefix : over.namePrefix,
        over.nameSuffix.isEmpty() ? nameSuffix : over.nameSuffix,
        joined(labels, over.labels),
        merged(commonAnnotations, over.commonAnnotations),
        joined(without(images, over.images), over.images),
        joined(replicas, over.replicas),
        joined(patches, over.patches),
        strategicPatches,
        jsonPatches,
        generators,
        generatorOptions);
  }

  private static List<Image> without(List<Image> images, List<Image> replaced) {
    return images.stream()
        .filter(i -> replaced.stream().noneMatch(r -> r.name().equals(i.name())))
        .toList();
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private static Map<String, String> merged(Map<String, String> first, Map<String, String> over) {
    Map<String, String> all = new TreeMap<>(first);
    all.putAll(over);
    return all;
  }

  /** A path, and {@code file:line} where it is said. */
  record Ref(String path, String at) {}

  /** Labels, and where they go besides {@code metadata.labels}. */
  record LabelSet(Map<String, String> pairs, boolean selectors, boolean templates) {}

  /** An entry of {@code images}; empty values are not given. */
  record Image(String name, String newName, String newTag, String digest, String tagSuffix) {}

  record Replica(String name, int count, String at) {}

  /**
   * A patch, inline or from a file.
   *
   * @param text the patch itself
   * @param at {@code file:line} of it
   */
  record Patch(
      String text, String at, Target target, boolean allowNameChange, boolean allowKindChange) {}

  /** What a patch applies to. Name and namespace are anchored regular expressions; empty is any. */
  record Target(
      boolean given,
      String group,
      String version,
      String kind,
      String name,
      String namespace,
      String labelSelector,
      String annotationSelector) {
    static final Target NONE = new Target(false, "", "", "", "", "", "", "");
  }

  /** An entry of {@code configMapGenerator} or {@code secretGenerator}. */
  record Generator(
      boolean secret,
      String name,
      String namespace,
      String behavior,
      String type,
      List<String> literals,
      List<String> files,
      List<String> envs,
      GeneratorOptions options,
      String at) {}

  record GeneratorOptions(
      Map<String, String> labels,
      Map<String, String> annotations,
      boolean disableNameSuffixHash,
      boolean immutable) {
    static final GeneratorOptions NONE = new GeneratorOptions(Map.of(), Map.of(), false, false);

    /** These, with those of one generator on top. */
    GeneratorOptions with(GeneratorOptions own) {
      Map<String, String> allLabels = new TreeMap<>(labels);
      allLabels.putAll(own.labels);
      Map<String, String> allAnnotations = new TreeMap<>(annotations);
      allAnnotations.putAll(own.annotations);
      return new GeneratorOptions(
          allLabels,
          allAnnotations,
          disableNameSuffixHash || own.disableNameSuffixHash,
          immutable || own.immutable);
    }
  }
}
