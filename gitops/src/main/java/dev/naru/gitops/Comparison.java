package dev.naru.gitops;

import dev.naru.base.Digest;
import dev.naru.gitops.render.KustomizeOptions;
import dev.naru.gitops.render.Manifest;
import dev.naru.gitops.render.RenderException;
import dev.naru.gitops.render.Renderer;
import dev.naru.gitops.render.Renderer.DirectoryOptions;
import dev.naru.gitops.render.Renderer.Rendered;
import dev.naru.gitops.render.Trees;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares one Application's manifests with the cluster. Remembers what it rendered and which
 * objects it found in sync, so that an unchanged object costs one read.
 */
final class Comparison {
  private static final String HOOK = "argocd.argoproj.io/hook";
  private static final String COMPARE_OPTIONS = "argocd.argoproj.io/compare-options";

  private final Cluster cluster;
  private final String application;
  private final Map<ObjectKey, String> inSync = new LinkedHashMap<>();
  private String renderedFor = "";
  private @Nullable Rendered rendered;

  Comparison(Cluster cluster, String application) {
    this.cluster = cluster;
    this.application = application;
  }

  /** What was found, in the order of sync. */
  record Found(Renderer.Type type, List<Target> targets, List<Target> extras) {}

  /**
   * Renders and compares.
   *
   * @param known objects that may be left over from earlier commits
   * @throws RenderException when the manifests cannot be rendered
   */
  Found compare(
      ApplicationSpec spec, Policy policy, Sources.Commit commit, Supplier<Set<ObjectKey>> known) {
    Rendered now = render(spec, commit);
    Set<String> newKinds = new java.util.HashSet<>();
    Set<String> newNamespaces = new java.util.HashSet<>();
    List<Manifest> manifests = new ArrayList<>();
    for (Manifest manifest : now.manifests()) {
      Manifest prepared = prepare(manifest, spec);
      manifests.add(prepared);
      if (prepared.kind().equals("CustomResourceDefinition")) {
        newKinds.add(
            Trees.text(prepared.body(), "spec", "group")
                + "/"
                + Trees.text(prepared.body(), "spec", "names", "kind"));
      }
      if (prepared.kind().equals("Namespace") && prepared.group().isEmpty()) {
        newNamespaces.add(prepared.name());
      }
    }
    String destination = destination(spec);
    if (policy.createNamespace()) {
      newNamespaces.add(destination);
    }
    Map<ObjectKey, Target> targets = new LinkedHashMap<>();
    for (Manifest manifest : manifests) {
      Target target = compare(manifest, spec, policy, newKinds, newNamespaces);
      Target twice = targets.put(target.key(), target);
      if (twice != null) {
        throw new RenderException(
            manifest.source()
                + ": "
                + target.key().label()
                + " is there already, from "
                + twice.source());
      }
    }
    List<Target> sorted = new ArrayList<>(targets.values());
    sorted.sort(Comparator.comparing(Target::body, SyncOrder.COMPARATOR));
    inSync.keySet().retainAll(targets.keySet());
    return new Found(now.type(), sorted, extras(known.get(), targets.keySet()));
  }

  static String destination(ApplicationSpec spec) {
    String namespace = spec.destination() == null ? null : spec.destination().namespace();
    return namespace == null || namespace.isEmpty() ? "default" : namespace;
  }

  private Rendered render(ApplicationSpec spec, Sources.Commit commit) {
    String wanted = commit.revision() + " " + spec.source();
    Rendered cached = rendered;
    if (cached != null && renderedFor.equals(wanted)) {
      return cached;
    }
    ApplicationSpec.Source source = java.util.Objects.requireNonNull(spec.source());
    Rendered fresh =
        Renderer.render(
            commit.tree(),
            source.path() == null ? "" : source.path(),
            kustomize(source.kustomize()),
            directory(source.directory()));
    rendered = fresh;
    renderedFor = wanted;
    return fresh;
  }

  private static KustomizeOptions kustomize(ApplicationSpec.@Nullable Kustomize k) {
    if (k == null) {
      return KustomizeOptions.NONE;
    }
    Map<String, Integer> replicas = new TreeMap<>();
    orEmpty(k.replicas()).forEach(r -> replicas.put(r.name(), r.count()));
    return new KustomizeOptions(
        orEmpty(k.namePrefix()),
        orEmpty(k.nameSuffix()),
        orEmpty(k.namespace()),
        orEmpty(k.images()),
        replicas,
        orEmpty(k.patches()),
        orEmpty(k.components()),
        k.commonLabels() == null ? Map.of() : k.commonLabels(),
        k.commonAnnotations() == null ? Map.of() : k.commonAnnotations());
  }

  private static DirectoryOptions directory(ApplicationSpec.@Nullable Directory d) {
    return d == null
        ? DirectoryOptions.NONE
        : new DirectoryOptions(d.recurse(), orEmpty(d.include()), orEmpty(d.exclude()));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  /** The manifest with its namespace and the annotation that says whose it is. */
  private Manifest prepare(Manifest manifest, ApplicationSpec spec) {
    Map<String, Object> body = Trees.copyMap(manifest.body());
    String hook = Trees.text(body, "metadata", "annotations", HOOK);
    if (!hook.isEmpty() && !hook.equals("Skip")) {
      throw new RenderException(
          "%s: %s '%s' is a %s hook, which is not supported"
              .formatted(manifest.source(), manifest.kind(), manifest.name(), hook));
    }
    Optional<ResourceDefinitionContext> kind = cluster.kind(manifest.apiVersion(), manifest.kind());
    boolean namespaced = kind.map(ResourceDefinitionContext::isNamespaceScoped).orElse(true);
    Map<String, Object> metadata = Trees.make(body, "metadata");
    if (!namespaced) {
      metadata.remove("namespace");
    } else if (manifest.namespace().isEmpty()) {
      metadata.put("namespace", destination(spec));
    }
    ObjectKey key = ObjectKey.of(body);
    Trees.make(body, "metadata", "annotations")
        .put(ObjectKey.TRACKING, key.trackingId(application));
    return new Manifest(body, manifest.source());
  }

  private Target compare(
      Manifest manifest,
      ApplicationSpec spec,
      Policy policy,
      Set<String> newKinds,
      Set<String> newNamespaces) {
    ObjectKey key = ObjectKey.of(manifest.body());
    Optional<Map<String, Object>> live = cluster.get(key);
    String difference = live.isPresent() ? "" : "it is not in the cluster";
    String refusal = "";
    boolean kindComes =
        newKinds.contains(key.group() + "/" + key.kind())
            && cluster.kind(key.apiVersion(), key.kind()).isEmpty();
    boolean namespaceComes =
        newNamespaces.contains(key.namespace()) && !cluster.hasNamespace(key.namespace());
    boolean later = kindComes || namespaceComes;
    String seen =
        live.map(
                l ->
                    Digest.of(
                            "%s\n%s\n%s"
                                .formatted(
                                    manifest.body(),
                                    Differences.stripped(l),
                                    spec.ignoreDifferences()))
                        .hex())
            .orElse("");
    if (!later && (live.isEmpty() || !seen.equals(inSync.get(key)))) {
      try {
        Map<String, Object> applied = cluster.dryRun(manifest.body(), policy.validate());
        if (live.isPresent()) {
          difference = Differences.first(live.get(), applied, ignored(spec, manifest)).orElse("");
          if (difference.isEmpty()) {
            inSync.put(key, seen);
          }
        }
      } catch (KubernetesClientException e) {
        if (e.getCode() == 0 || e.getCode() >= 500 || e.getCode() == 429) {
          throw e;
        }
        refusal =
            "%s: %s cannot be applied: %s"
                .formatted(manifest.source(), key.label(), Cluster.reason(e));
      }
    }
    return new Target(
        key,
        manifest.body(),
        manifest.source(),
        SyncOrder.wave(manifest.body()),
        live,
        difference,
        refusal);
  }

  private static List<String> ignored(ApplicationSpec spec, Manifest manifest) {
    List<String> pointers = new ArrayList<>();
    for (ApplicationSpec.IgnoreDifference i : orEmpty(spec.ignoreDifferences())) {
      if (matches(i.group(), manifest.group())
          && matches(i.kind(), manifest.kind())
          && matches(i.name(), manifest.name())
          && matches(i.namespace(), manifest.namespace())) {
        pointers.addAll(orEmpty(i.jsonPointers()));
      }
    }
    return pointers;
  }

  private static boolean matches(@Nullable String wanted, String actual) {
    return wanted == null || wanted.isEmpty() || wanted.equals("*") || wanted.equals(actual);
  }

  /** Live objects that say they are ours and are in no manifest; the last to be synced first. */
  private List<Target> extras(Set<ObjectKey> known, Set<ObjectKey> wanted) {
    List<Target> extras = new ArrayList<>();
    for (ObjectKey key : known) {
      if (wanted.stream().anyMatch(key::isSameObject)) {
        continue;
      }
      Optional<Map<String, Object>> live = cluster.get(key);
      if (live.isEmpty() || !isOurs(live.get())) {
        continue;
      }
      Target extra =
          new Target(
              key, live.get(), "", SyncOrder.wave(live.get()), live, "it is in no manifest", "");
      if (!extra.hasOption(COMPARE_OPTIONS, "IgnoreExtraneous")) {
        extras.add(extra);
      }
    }
    extras.sort(Comparator.comparing(Target::body, SyncOrder.COMPARATOR.reversed()));
    return extras;
  }

  /** Live objects that are ours and may be deleted with the Application, the last first. */
  List<Target> owned(Set<ObjectKey> known) {
    return extras(known, Set.of()).stream()
        .filter(t -> !t.hasOption("argocd.argoproj.io/sync-options", "Delete=false"))
        .toList();
  }

  private boolean isOurs(Map<String, Object> live) {
    return ObjectKey.of(live)
        .trackingId(application)
        .equals(Trees.text(live, "metadata", "annotations", ObjectKey.TRACKING));
  }
}
