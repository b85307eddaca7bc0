package dev.naru.pipeline;

import dev.naru.base.AtomicFiles;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HostPathVolumeSourceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Agents that are pods: one container that sleeps and ends on SIGTERM at once. The workspace, the
 * caches and the folder of the Docker socket are folders of this machine.
 */
final class AgentPods implements Agents {
  static final String RUN_LABEL = "naru.dev/run";
  private static final Path CERTIFICATES = Path.of("/etc/ssl/certs/ca-certificates.crt");
  private static final String CPU_REQUEST = "10m";
  private static final String MEMORY_REQUEST = "512Mi";
  private static final String ROLE_LABEL = "naru.dev/role";
  private static final String ROLE = "agent";
  private static final String HOME = "/home/agent";
  private static final String SOCKETS = "/run/naru";
  private static final String SLEEP =
      "trap 'exit 0' TERM INT; while :; do sleep 86400 & wait $!; done";

  private final KubernetesClient client;
  private final PipelinesConfig config;

  AgentPods(KubernetesClient client, PipelinesConfig config) {
    this.client = client;
    this.config = config;
  }

  @Override
  public String nameOf(String run) {
    String name = run + "-agent";
    return name.length() <= 63
        ? name
        : name.substring(name.length() - 63).replaceFirst("^[-.]+", "");
  }

  @Override
  public void begin(String run, String repository, String pipeline) throws IOException {
    Path workspace = own(config.runs().resolve(run).resolve("workspace"));
    Path docker = Files.createDirectories(config.runs().resolve(run).resolve("docker"));
    Path maven = own(config.caches().resolve(repository).resolve("m2"));
    Path npm = own(config.caches().resolve(repository).resolve("npm"));
    List<Volume> volumes = new ArrayList<>();
    List<VolumeMount> mounts = new ArrayList<>();
    empty("home", HOME, volumes, mounts);
    empty("tmp", "/tmp", volumes, mounts);
    host("workspace", workspace, HOME + "/workspace", false, volumes, mounts);
    host("maven", maven, HOME + "/.m2", false, volumes, mounts);
    host("npm", npm, HOME + "/.npm", false, volumes, mounts);
    host("naru", config.installation(), "/naru", true, volumes, mounts);
    host("docker", docker, SOCKETS, false, volumes, mounts);
    host("passwd", users(run), "/etc/passwd", true, volumes, mounts);
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(nameOf(run))
            .withNamespace(config.namespace())
            .withLabels(
                Map.of(
                    ROLE_LABEL,
                    ROLE,
                    RUN_LABEL,
                    run,
                    "naru.dev/repository",
                    repository,
                    "naru.dev/pipeline",
                    pipeline))
            .endMetadata()
            .withNewSpec()
            .withRestartPolicy("Never")
            .withTerminationGracePeriodSeconds(2L)
            .withAutomountServiceAccountToken(false)
            .withEnableServiceLinks(false)
            .withNewSecurityContext()
            .withRunAsUser((long) config.agentUser())
            .withRunAsGroup((long) config.agentUser())
            .endSecurityContext()
            .addNewContainer()
            .withName(PodAgent.CONTAINER)
            .withImage(config.agentImage())
            .withCommand("/bin/sh", "-c", SLEEP)
            .withWorkingDir(HOME)
            .withEnv(
                env().entrySet().stream()
                    .map(
                        e ->
                            new io.fabric8.kubernetes.api.model.EnvVar(
                                e.getKey(), e.getValue(), null))
                    .toList())
            .withNewSecurityContext()
            .withAllowPrivilegeEscalation(false)
            .withPrivileged(false)
            .endSecurityContext()
            .withNewResources()
            // A build takes what is idle and yields to pods that serve: its weight is its request.
            .addToRequests("cpu", new Quantity(CPU_REQUEST))
            .addToRequests("memory", new Quantity(MEMORY_REQUEST))
            .addToLimits("cpu", new Quantity(config.agentCpu()))
            .addToLimits("memory", new Quantity(config.agentMemory()))
            .endResources()
            .withVolumeMounts(mounts)
            .endContainer()
            .withVolumes(volumes)
            .endSpec()
            .build();
    try {
      client.resource(pod).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw new IOException(
            "the agent pod '" + nameOf(run) + "' cannot be created: " + e.getMessage(), e);
      }
    }
  }

  private static void empty(
      String name, String path, List<Volume> volumes, List<VolumeMount> mounts) {
    volumes.add(new VolumeBuilder().withName(name).withNewEmptyDir().endEmptyDir().build());
    mounts.add(new VolumeMountBuilder().withName(name).withMountPath(path).build());
  }

  private static void host(
      String name,
      Path source,
      String path,
      boolean readOnly,
      List<Volume> volumes,
      List<VolumeMount> mounts) {
    volumes.add(
        new VolumeBuilder()
            .withName(name)
            .withHostPath(
                new HostPathVolumeSourceBuilder()
                    .withPath(source.toAbsolutePath().toString())
                    .withType(Files.isDirectory(source) ? "Directory" : "File")
                    .build())
            .build());
    mounts.add(
        new VolumeMountBuilder().withName(name).withMountPath(path).withReadOnly(readOnly).build());
  }

  /**
   * The machine's users, with the agent's id as user {@code agent} whose home is the agent's: Java
   * and others look there, and the machine may know that id as somebody else.
   */
  private Path users(String run) throws IOException {
    String agent = Integer.toString(config.agentUser());
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
      String[] fields = line.split(":", -1);
      if (fields.length > 2 && !fields[2].equals(agent) && !fields[0].equals("agent")) {
        lines.add(line);
      }
    }
    lines.add("agent:x:" + agent + ":" + agent + "::" + HOME + ":/bin/sh");
    Path file = config.runs().resolve(run).resolve("passwd");
    AtomicFiles.write(file, String.join("\n", lines) + "\n");
    return file;
  }

  /** Makes a folder that the agent's user may write to. */
  private Path own(Path folder) throws IOException {
    Files.createDirectories(folder);
    Object owner = Files.getAttribute(folder, "unix:uid");
    if (!owner.equals(config.agentUser()) && System.getProperty("user.name").equals("root")) {
      Files.setAttribute(folder, "unix:uid", config.agentUser());
      Files.setAttribute(folder, "unix:gid", config.agentUser());
    }
    return folder;
  }

  private Map<String, String> env() {
    Map<String, String> env = new TreeMap<>();
    env.put("HOME", HOME);
    env.put("JAVA_HOME", config.javaHome());
    env.put(
        "PATH",
        "/naru/bin:"
            + config.javaHome()
            + "/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    env.put("DOCKER_HOST", "unix://" + SOCKETS + "/" + ActiveRun.SOCKET);
    env.put("LANG", "C.UTF-8");
    if (Files.exists(CERTIFICATES)) {
      // Node has certificates of its own; an agent trusts whom its machine trusts.
      env.put("NODE_EXTRA_CA_CERTS", CERTIFICATES.toString());
    }
    return env;
  }

  @Override
  public Agent await(String run, Consumer<String> trouble)
      throws IOException, InterruptedException {
    String name = nameOf(run);
    AtomicReference<String> told = new AtomicReference<>("");
    try {
      Pod pod =
          client
              .pods()
              .inNamespace(config.namespace())
              .withName(name)
              .waitUntilCondition(
                  p -> {
                    if (p == null || Readiness.isPodReady(p) || isOver(p)) {
                      return true;
                    }
                    String reason = trouble(p);
                    if (!reason.equals(told.getAndSet(reason)) && !reason.isEmpty()) {
                      trouble.accept(reason);
                    }
                    return false;
                  },
                  config.agentStartMax().toMillis(),
                  TimeUnit.MILLISECONDS);
      if (pod == null || isOver(pod)) {
        throw new IOException(
            "the agent pod '" + name + "' is gone" + (pod == null ? "" : ": " + reason(pod)));
      }
      return new PodAgent(
          client, config.namespace(), name, env(), HOME + "/workspace", HOME + "/.naru");
    } catch (KubernetesClientTimeoutException e) {
      Pod pod = client.pods().inNamespace(config.namespace()).withName(name).get();
      throw new IOException(
          "the agent pod '"
              + name
              + "' is not ready after "
              + config.agentStartMax().toSeconds()
              + " s: "
              + (pod == null ? "it is not there" : reason(pod)),
          e);
    } catch (KubernetesClientException e) {
      throw new IOException("the agent pod '" + name + "' cannot be had: " + e.getMessage(), e);
    }
  }

  private static boolean isOver(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() != null
        || (pod.getStatus() != null
            && List.of("Succeeded", "Failed").contains(String.valueOf(pod.getStatus().getPhase())));
  }

  private static String reason(Pod pod) {
    if (pod.getStatus() == null) {
      return "it has no status";
    }
    String trouble = trouble(pod);
    return trouble.isEmpty() ? "phase " + pod.getStatus().getPhase() : trouble;
  }

  /** What keeps the pod from being ready, in its own words; empty while it just starts. */
  private static String trouble(Pod pod) {
    PodStatus status = pod.getStatus();
    if (status == null) {
      return "";
    }
    for (ContainerStatus container : status.getContainerStatuses()) {
      ContainerStateWaiting waiting =
          container.getState() == null ? null : container.getState().getWaiting();
      if (waiting != null && waiting.getMessage() != null) {
        return waiting.getReason() + ": " + waiting.getMessage();
      }
    }
    for (PodCondition condition : status.getConditions()) {
      if (condition.getType().equals("PodScheduled") && condition.getStatus().equals("False")) {
        return condition.getReason() + ": " + condition.getMessage();
      }
    }
    return status.getMessage() == null ? "" : status.getMessage();
  }

  @Override
  public void remove(String run) {
    delete(nameOf(run));
  }

  private void delete(String pod) {
    client.pods().inNamespace(config.namespace()).withName(pod).withGracePeriod(1L).delete();
  }

  @Override
  public void removeOthers(Set<String> active) {
    Map<String, String> left = new LinkedHashMap<>();
    client
        .pods()
        .inNamespace(config.namespace())
        .withLabel(ROLE_LABEL, ROLE)
        .list()
        .getItems()
        .forEach(
            p -> left.put(p.getMetadata().getName(), p.getMetadata().getLabels().get(RUN_LABEL)));
    left.forEach(
        (pod, run) -> {
          if (!active.contains(run)) {
            delete(pod);
          }
        });
  }
}
