package dev.naru.delivery;

import dev.naru.delivery.DeliveryStatus.State;
import dev.naru.delivery.World.Namespace;
import dev.naru.pipeline.PipelineRunStatus;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How far one workload is with its newest template: rolled out, then live.
 *
 * <p>Source: Kubernetes, "Deployment status"; kubectl's rollout status.
 */
final class Rollout {
  private static final Set<String> HOPELESS =
      Set.of(
          "CrashLoopBackOff",
          "ImagePullBackOff",
          "ErrImagePull",
          "InvalidImageName",
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError");
  private static final String REVISION = "deployment.kubernetes.io/revision";

  private final Namespace namespace;
  private final String label;
  private final List<Pod> fresh;
  private final List<Pod> old;

  private Rollout(Namespace namespace, String label, List<Pod> fresh, List<Pod> old) {
    this.namespace = namespace;
    this.label = label;
    this.fresh = fresh;
    this.old = old;
  }

  /** What was seen: state, one sentence, log lines when something is wrong. */
  record Seen(State state, String message, List<String> logTail) {
    static Seen done() {
      return new Seen(State.DONE, "", List.of());
    }

    static Seen running(String message) {
      return new Seen(State.RUNNING, message, List.of());
    }
  }

  /** Every way in which a manifest can name the images. */
  static Set<String> imageNames(List<PipelineRunStatus.Image> images) {
    Set<String> names = new LinkedHashSet<>();
    for (PipelineRunStatus.Image image : images) {
      names.add(image.image());
      if (image.digest() != null) {
        int colon = image.image().lastIndexOf(':');
        String plain =
            colon > image.image().lastIndexOf('/')
                ? image.image().substring(0, colon)
                : image.image();
        names.add(image.image() + "@" + image.digest());
        names.add(plain + "@" + image.digest());
      }
    }
    return names;
  }

  static boolean usesAny(@Nullable PodTemplateSpec template, Set<String> images) {
    return template != null
        && template.getSpec() != null
        && template.getSpec().getContainers().stream().anyMatch(c -> images.contains(c.getImage()));
  }

  // -- Deployment

  static Seen rolled(Namespace namespace, Deployment d) {
    Rollout rollout = of(namespace, d);
    long wanted = d.getSpec().getReplicas() == null ? 1 : d.getSpec().getReplicas();
    var status = d.getStatus();
    Optional<Seen> trouble = rollout.trouble();
    boolean overdue =
        status != null
            && status.getConditions().stream()
                .anyMatch(
                    c ->
                        c.getType().equals("Progressing")
                            && "ProgressDeadlineExceeded".equals(c.getReason()));
    boolean seen =
        status != null
            && status.getObservedGeneration() != null
            && status.getObservedGeneration() >= d.getMetadata().getGeneration();
    if (overdue && seen) {
      Seen why = trouble.orElse(Seen.running("its new pods did not get ready"));
      return new Seen(
          State.FAILED,
          "%s did not get ready within %d s: %s"
              .formatted(
                  rollout.label,
                  d.getSpec().getProgressDeadlineSeconds() == null
                      ? 600
                      : d.getSpec().getProgressDeadlineSeconds(),
                  why.message()),
          why.logTail());
    }
    if (status == null || !seen) {
      return Seen.running(rollout.label + " waits for its controller");
    }
    int updated = number(status.getUpdatedReplicas());
    int available = number(status.getAvailableReplicas());
    int total = number(status.getReplicas());
    int freshReady = (int) rollout.fresh.stream().filter(Rollout::isReady).count();
    if (updated < wanted || freshReady < wanted || available < wanted) {
      return trouble.orElse(
          Seen.running(
              "%s: %d of %d new pods are ready"
                  .formatted(rollout.label, Math.min(freshReady, updated), wanted)));
    }
    return total > updated
        ? Seen.running("%s: %d old pods are left".formatted(rollout.label, total - updated))
        : Seen.done();
  }

  static Seen live(Namespace namespace, Deployment d) {
    return of(namespace, d).live();
  }

  private static Rollout of(Namespace namespace, Deployment d) {
    List<ReplicaSet> owned =
        namespace.replicaSets().stream()
            .filter(r -> isOwnedBy(r.getMetadata().getOwnerReferences(), d.getMetadata().getUid()))
            .sorted(Comparator.comparingLong(Rollout::revision))
            .toList();
    String newest = owned.isEmpty() ? "" : owned.getLast().getMetadata().getUid();
    Set<String> others =
        owned.stream().map(r -> r.getMetadata().getUid()).collect(Collectors.toSet());
    others.remove(newest);
    List<Pod> fresh = new ArrayList<>();
    List<Pod> old = new ArrayList<>();
    for (Pod pod : namespace.pods()) {
      List<OwnerReference> owners = pod.getMetadata().getOwnerReferences();
      if (isOwnedBy(owners, newest)) {
        fresh.add(pod);
      } else if (others.stream().anyMatch(o -> isOwnedBy(owners, o))) {
        old.add(pod);
      }
    }
    return new Rollout(
        namespace,
        "Deployment %s/%s".formatted(d.getMetadata().getNamespace(), d.getMetadata().getName()),
        fresh,
        old);
  }

  private static long revision(ReplicaSet r) {
    Map<String, String> annotations = r.getMetadata().getAnnotations();
    String text = annotations == null ? null : annotations.get(REVISION);
    return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  // -- StatefulSet

  static Seen rolled(Namespace namespace, StatefulSet s) {
    Rollout rollout = of(namespace, s);
    int wanted = s.getSpec().getReplicas() == null ? 1 : s.getSpec().getReplicas();
    var status = s.getStatus();
    if (status == null
        || status.getObservedGeneration() == null
        || status.getObservedGeneration() < s.getMetadata().getGeneration()) {
      return Seen.running(rollout.label + " waits for its controller");
    }
    long ready = rollout.fresh.stream().filter(Rollout::isReady).count();
    return ready >= wanted
        ? Seen.done()
        : rollout
            .trouble()
            .orElse(
                Seen.running(
                    "%s: %d of %d new pods are ready".formatted(rollout.label, ready, wanted)));
  }

  static Seen live(Namespace namespace, StatefulSet s) {
    return of(namespace, s).live();
  }

  private static Rollout of(Namespace namespace, StatefulSet s) {
    String revision = s.getStatus() == null ? null : s.getStatus().getUpdateRevision();
    List<Pod> fresh = new ArrayList<>();
    List<Pod> old = new ArrayList<>();
    for (Pod pod : namespace.pods()) {
      if (isOwnedBy(pod.getMetadata().getOwnerReferences(), s.getMetadata().getUid())) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        String of = labels == null ? null : labels.get("controller-revision-hash");
        (revision == null || revision.isEmpty() || revision.equals(of) ? fresh : old).add(pod);
      }
    }
    return new Rollout(
        namespace,
        "StatefulSet %s/%s".formatted(s.getMetadata().getNamespace(), s.getMetadata().getName()),
        fresh,
        old);
  }

  // -- both

  /** Live: the new pods are ready endpoints, no other pod is one, and the old pods are gone. */
  private Seen live() {
    Set<String> freshNames =
        fresh.stream().map(p -> p.getMetadata().getName()).collect(Collectors.toSet());
    Set<String> oldNames =
        old.stream().map(p -> p.getMetadata().getName()).collect(Collectors.toSet());
    Set<String> serving = new java.util.HashSet<>();
    boolean served = false;
    for (var service : namespace.services()) {
      Map<String, String> selector = service.getSpec().getSelector();
      if (selector == null
          || selector.isEmpty()
          || fresh.stream().noneMatch(p -> matches(selector, p))) {
        continue;
      }
      served = true;
      serving.addAll(readyEndpoints(service.getMetadata().getName()));
    }
    long stillServing = oldNames.stream().filter(serving::contains).count();
    if (stillServing > 0) {
      return Seen.running("%s: %d old pods still get traffic".formatted(label, stillServing));
    }
    long missing = freshNames.stream().filter(n -> !serving.contains(n)).count();
    if (served && missing > 0) {
      return Seen.running("%s: %d new pods get no traffic yet".formatted(label, missing));
    }
    long left = old.stream().filter(p -> !isOver(p)).count();
    return left > 0
        ? Seen.running("%s: %d old pods are being drained".formatted(label, left))
        : Seen.done();
  }

  private Set<String> readyEndpoints(String service) {
    Set<String> names = new java.util.HashSet<>();
    for (var slice : namespace.endpoints()) {
      Map<String, String> labels = slice.getMetadata().getLabels();
      if (labels == null || !service.equals(labels.get("kubernetes.io/service-name"))) {
        continue;
      }
      for (var endpoint : slice.getEndpoints()) {
        boolean ready =
            endpoint.getConditions() == null
                || !Boolean.FALSE.equals(endpoint.getConditions().getReady());
        if (ready && endpoint.getTargetRef() != null) {
          names.add(endpoint.getTargetRef().getName());
        }
      }
    }
    return names;
  }

  /** What keeps a new pod from being ready, with the end of its log. */
  private Optional<Seen> trouble() {
    for (Pod pod : fresh) {
      if (pod.getStatus() == null || isReady(pod)) {
        continue;
      }
      List<ContainerStatus> all = new ArrayList<>(pod.getStatus().getInitContainerStatuses());
      all.addAll(pod.getStatus().getContainerStatuses());
      for (ContainerStatus c : all) {
        Optional<Seen> found = trouble(pod, c);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Seen> trouble(Pod pod, ContainerStatus c) {
    String where = "pod %s, container %s".formatted(pod.getMetadata().getName(), c.getName());
    var waiting = c.getState() == null ? null : c.getState().getWaiting();
    var now = c.getState() == null ? null : c.getState().getTerminated();
    var ended = now != null || c.getLastState() == null ? now : c.getLastState().getTerminated();
    if (waiting != null && waiting.getReason() != null && HOPELESS.contains(waiting.getReason())) {
      String exit = ended == null ? "" : ", it ended with exit code " + ended.getExitCode();
      String said =
          waiting.getMessage() == null || waiting.getMessage().isBlank()
              ? ""
              : ": " + waiting.getMessage();
      return Optional.of(
          new Seen(
              State.RUNNING,
              "%s: %s%s%s".formatted(where, waiting.getReason(), exit, said),
              namespace.logTail(pod, c.getName(), ended != null)));
    }
    boolean running = c.getState() != null && c.getState().getRunning() != null;
    boolean ready = Boolean.TRUE.equals(c.getReady());
    // Between an end and the next start, and for as long as that lasts, the end is what counts.
    if (!ready && ended != null && !Integer.valueOf(0).equals(ended.getExitCode())) {
      return Optional.of(
          new Seen(
              State.RUNNING,
              "%s: it ended with exit code %d%s"
                  .formatted(
                      where, ended.getExitCode(), running ? " and runs again, not ready yet" : ""),
              namespace.logTail(pod, c.getName(), now == null)));
    }
    if (running && !ready) {
      return Optional.of(
          new Seen(
              State.RUNNING,
              where + " runs, but its readiness probe does not pass",
              namespace.logTail(pod, c.getName(), false)));
    }
    return Optional.empty();
  }

  private static boolean isReady(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  private static boolean isOver(Pod pod) {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  private static boolean isOwnedBy(List<OwnerReference> owners, String uid) {
    return !uid.isEmpty() && owners.stream().anyMatch(o -> uid.equals(o.getUid()));
  }

  private static boolean matches(Map<String, String> selector, Pod pod) {
    Map<String, String> labels = pod.getMetadata().getLabels();
    return labels != null && labels.entrySet().containsAll(selector.entrySet());
  }

  private static int number(@Nullable Integer value) {
    return value == null ? 0 : value;
  }
}
