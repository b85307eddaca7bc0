package dev.naru.node;

import dev.naru.node.container.ContainerSpec.Confinement;
import dev.naru.oci.DefaultCapabilities;
import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a container's security context asks for. */
final class Security {
  /** As capabilities(7) lists them up to Linux 5.9. */
  private static final List<String> ALL =
      List.of(
          "CAP_AUDIT_CONTROL",
          "CAP_AUDIT_READ",
          "CAP_AUDIT_WRITE",
          "CAP_BLOCK_SUSPEND",
          "CAP_BPF",
          "CAP_CHECKPOINT_RESTORE",
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_DAC_READ_SEARCH",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_IPC_LOCK",
          "CAP_IPC_OWNER",
          "CAP_KILL",
          "CAP_LEASE",
          "CAP_LINUX_IMMUTABLE",
          "CAP_MAC_ADMIN",
          "CAP_MAC_OVERRIDE",
          "CAP_MKNOD",
          "CAP_NET_ADMIN",
          "CAP_NET_BIND_SERVICE",
          "CAP_NET_BROADCAST",
          "CAP_NET_RAW",
          "CAP_PERFMON",
          "CAP_SETFCAP",
          "CAP_SETGID",
          "CAP_SETPCAP",
          "CAP_SETUID",
          "CAP_SYSLOG",
          "CAP_SYS_ADMIN",
          "CAP_SYS_BOOT",
          "CAP_SYS_CHROOT",
          "CAP_SYS_MODULE",
          "CAP_SYS_NICE",
          "CAP_SYS_PACCT",
          "CAP_SYS_PTRACE",
          "CAP_SYS_RAWIO",
          "CAP_SYS_RESOURCE",
          "CAP_SYS_TIME",
          "CAP_SYS_TTY_CONFIG",
          "CAP_WAKE_ALARM");

  private Security() {}

  /**
   * @throws PodProblem for what is refused here: privileged containers, shared process namespaces,
   *     gRPC probes, profiles from files
   */
  static Confinement of(Pod pod, Container container) {
    Optional<SecurityContext> context = Optional.ofNullable(container.getSecurityContext());
    if (context.map(SecurityContext::getPrivileged).orElse(false)) {
      throw new PodProblem(
          PodProblem.CONFIG,
          "privileged containers are refused; add the capabilities that are needed instead");
    }
    if (Pods.isTrue(pod.getSpec().getShareProcessNamespace())) {
      throw new PodProblem(PodProblem.CONFIG, "shareProcessNamespace is not supported");
    }
    for (Probe probe :
        Arrays.asList(
            container.getStartupProbe(),
            container.getReadinessProbe(),
            container.getLivenessProbe())) {
      if (probe != null && probe.getGrpc() != null) {
        throw new PodProblem(
            PodProblem.CONFIG,
            "grpc probes are not supported; there are exec, httpGet and tcpSocket");
      }
    }
    boolean noNewPrivileges =
        context.map(SecurityContext::getAllowPrivilegeEscalation).map(a -> !a).orElse(false);
    Map<String, String> sysctls = new HashMap<>();
    if (pod.getSpec().getSecurityContext() != null) {
      Pods.list(pod.getSpec().getSecurityContext().getSysctls())
          .forEach(s -> sysctls.put(s.getName(), s.getValue()));
    }
    return new Confinement(
        capabilities(context.map(SecurityContext::getCapabilities)),
        noNewPrivileges,
        seccomp(pod, context),
        sysctls);
  }

  private static Set<String> capabilities(Optional<Capabilities> wanted) {
    Set<String> set = new TreeSet<>(DefaultCapabilities.LIST);
    List<String> add = wanted.map(c -> Pods.list(c.getAdd())).orElse(List.of());
    List<String> drop = wanted.map(c -> Pods.list(c.getDrop())).orElse(List.of());
    if (drop.stream().anyMatch(c -> c.equalsIgnoreCase("ALL"))) {
      set.clear();
    }
    if (add.stream().anyMatch(c -> c.equalsIgnoreCase("ALL"))) {
      set.addAll(ALL);
    }
    drop.stream().map(Security::name).forEach(set::remove);
    for (String capability : add) {
      if (!capability.equalsIgnoreCase("ALL")) {
        if (!ALL.contains(name(capability))) {
          throw new PodProblem(PodProblem.CONFIG, "there is no capability '" + capability + "'");
        }
        set.add(name(capability));
      }
    }
    return set;
  }

  private static String name(String capability) {
    String upper = capability.toUpperCase(Locale.ROOT);
    return upper.startsWith("CAP_") ? upper : "CAP_" + upper;
  }

  private static boolean seccomp(Pod pod, Optional<SecurityContext> context) {
    Optional<SeccompProfile> profile =
        context
            .map(SecurityContext::getSeccompProfile)
            .or(
                () ->
                    Optional.ofNullable(pod.getSpec().getSecurityContext())
                        .map(c -> c.getSeccompProfile()));
    return switch (profile.map(SeccompProfile::getType).orElse("RuntimeDefault")) {
      case "RuntimeDefault" -> true;
      case "Unconfined" -> false;
      default ->
          throw new PodProblem(
              PodProblem.CONFIG,
              "seccompProfile may be RuntimeDefault or Unconfined; profiles from files are not"
                  + " supported");
    };
  }
}
