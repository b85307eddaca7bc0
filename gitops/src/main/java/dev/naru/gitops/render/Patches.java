package dev.naru.gitops.render;

import dev.naru.gitops.render.Kustomization.Patch;
import dev.naru.gitops.render.Kustomization.Target;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Finds what a patch is for and applies it, be it a strategic merge or a JSON patch. */
final class Patches {
  private final List<Item> items;

  Patches(List<Item> items) {
    this.items = items;
  }

  void apply(Patch patch) {
    String file = patch.at().substring(0, patch.at().lastIndexOf(':'));
    List<Yaml.Document> documents = Yaml.read(file, patch.text());
    if (documents.isEmpty()) {
      throw new RenderException(patch.at() + ": the patch is empty");
    }
    for (Yaml.Document document : documents) {
      if (document.value() instanceof List<?> operations) {
        if (!patch.target().given()) {
          throw new RenderException(patch.at() + ": a JSON patch needs the field 'target'");
        }
        select(patch).forEach(i -> JsonPatch.apply(i.body(), operations, patch.at()));
      } else if (patch.target().given()) {
        select(patch).forEach(i -> merge(i, document.map(), patch));
      } else {
        merge(named(document.map(), patch), document.map(), patch);
      }
    }
  }

  private void merge(Item item, Map<String, Object> change, Patch patch) {
    String kind = item.kind();
    String name = item.name();
    String namespace = item.namespace();
    Map<String, Object> copy = Trees.copyMap(change);
    Trees.map(copy.get("metadata"))
        .ifPresent(
            metadata -> {
              metadata.remove("namespace");
              if (!patch.allowNameChange()) {
                metadata.remove("name");
              }
            });
    if (!patch.allowKindChange()) {
      copy.remove("kind");
      copy.remove("apiVersion");
    }
    if (!StrategicMerge.apply(item.body(), copy, patch.at())) {
      items.remove(item);
      return;
    }
    if (item.name().isEmpty()) {
      item.rename(name);
    } else if (!item.name().equals(name)) {
      item.rename(item.name());
    }
    if (item.kind().isEmpty()) {
      item.body().put("kind", kind);
    }
    if (!namespace.isEmpty() && item.namespace().isEmpty()) {
      item.moveTo(namespace);
    }
  }

  /** The one object that a patch without target names itself. */
  private Item named(Map<String, Object> change, Patch patch) {
    String apiVersion = Trees.text(change, "apiVersion");
    String kind = Trees.text(change, "kind");
    String name = Trees.text(change, "metadata", "name");
    String namespace = Trees.text(change, "metadata", "namespace");
    if (kind.isEmpty() || name.isEmpty()) {
      throw new RenderException(
          patch.at() + ": a patch without target needs apiVersion, kind and metadata.name");
    }
    List<Item> found =
        items.stream()
            .filter(i -> i.kind().equals(kind) && i.apiVersion().equals(apiVersion))
            .filter(i -> i.wasNamed(name))
            .filter(i -> namespace.isEmpty() || i.wasIn(namespace))
            .toList();
    if (found.size() != 1) {
      throw new RenderException(
          "%s: the patch is for %s '%s' (%s), of which there are %s"
              .formatted(
                  patch.at(), kind, name, apiVersion, found.isEmpty() ? "none" : found.size()));
    }
    return found.getFirst();
  }

  private List<Item> select(Patch patch) {
    Target target = patch.target();
    Pattern name = pattern(target.name(), patch.at());
    Pattern namespace = pattern(target.namespace(), patch.at());
    Pattern kind = pattern(target.kind(), patch.at());
    Pattern group = pattern(target.group(), patch.at());
    Pattern version = pattern(target.version(), patch.at());
    Selector labels = Selector.parse(target.labelSelector(), patch.at());
    Selector annotations = Selector.parse(target.annotationSelector(), patch.at());
    return items.stream()
        .filter(i -> kind.matcher(i.kind()).matches())
        .filter(i -> group.matcher(i.group()).matches())
        .filter(
            i ->
                version
                    .matcher(i.apiVersion().substring(i.apiVersion().indexOf('/') + 1))
                    .matches())
        .filter(i -> i.wasNamedLike(name))
        .filter(i -> namespace.matcher(i.namespace()).matches())
        .filter(i -> labels.matches(Trees.get(i.body(), "metadata", "labels")))
        .filter(i -> annotations.matches(Trees.get(i.body(), "metadata", "annotations")))
        .toList();
  }

  private static Pattern pattern(String text, String at) {
    try {
      return Pattern.compile(text.isEmpty() ? ".*" : text);
    } catch (PatternSyntaxException e) {
      throw new RenderException(at + ": '" + text + "' is not a regular expression", e);
    }
  }
}
