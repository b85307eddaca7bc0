package dev.naru.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a pod's resource says, without its nulls. */
final class Pods {
  static final long GRACE_SECONDS = 30;

  private Pods() {}

  static String uid(Pod pod) {
    return pod.getMetadata().getUid();
  }

  /** {@code namespace/name}, for people. */
  static String title(Pod pod) {
    return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
  }

  static <T> List<T> list(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  static <K, V> Map<K, V> map(@Nullable Map<K, V> map) {
    return map == null ? Map.of() : map;
  }

  static boolean isTrue(@Nullable Boolean value) {
    return Boolean.TRUE.equals(value);
  }

  /** Init containers first, each group in the pod's order. */
  static List<Container> containers(Pod pod) {
    List<Container> all = new ArrayList<>(list(pod.getSpec().getInitContainers()));
    all.addAll(list(pod.getSpec().getContainers()));
    return all;
  }

  static Optional<Container> container(Pod pod, String name) {
    return containers(pod).stream().filter(c -> c.getName().equals(name)).findFirst();
  }

  static ContainerKind kind(Pod pod, Container container) {
    boolean init =
        list(pod.getSpec().getInitContainers()).stream()
            .anyMatch(c -> c.getName().equals(container.getName()));
    if (!init) {
      return ContainerKind.APP;
    }
    return "Always".equals(container.getRestartPolicy())
        ? ContainerKind.SIDECAR
        : ContainerKind.INIT;
  }

  static boolean hostNetwork(Pod pod) {
    return isTrue(pod.getSpec().getHostNetwork());
  }

  /** Whether both say the same but for their status and what the API keeps about them. */
  static boolean sameWish(Pod one, Pod other) {
    ObjectMeta a = one.getMetadata();
    ObjectMeta b = other.getMetadata();
    return Objects.equals(one.getSpec(), other.getSpec())
        && Objects.equals(a.getLabels(), b.getLabels())
        && Objects.equals(a.getAnnotations(), b.getAnnotations())
        && Objects.equals(a.getDeletionTimestamp(), b.getDeletionTimestamp());
  }

  static boolean isDeleted(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() != null;
  }

  /** Seconds between SIGTERM and SIGKILL: of the deletion if there is one, else of the pod. */
  static long graceSeconds(Pod pod) {
    Long ofDeletion = pod.getMetadata().getDeletionGracePeriodSeconds();
    if (isDeleted(pod) && ofDeletion != null) {
      return ofDeletion;
    }
    Long ofPod = pod.getSpec().getTerminationGracePeriodSeconds();
    return ofPod == null ? GRACE_SECONDS : ofPod;
  }
}
