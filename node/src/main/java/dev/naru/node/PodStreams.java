package dev.naru.node;

import dev.naru.node.ContainerLife.Ended;
import dev.naru.node.ContainerLife.Run;
import dev.naru.node.ContainerLife.Running;
import dev.naru.node.container.ContainerRuntime;
import dev.naru.node.container.Exec;
import dev.naru.node.linux.DirectoryWatch;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What flows into and out of the pods of this node: logs, commands, the program's own input and
 * output, connections. All methods throw {@link NodeException}: {@code NODE_POD_UNKNOWN}, {@code
 * NODE_CONTAINER_UNKNOWN}, {@code NODE_NOT_RUNNING} or {@code NODE_STREAM}.
 */
public final class PodStreams {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

  private final Node node;
  private final ContainerRuntime runtime;
  private final DirectoryWatch watch;

  PodStreams(Node node, ContainerRuntime runtime, DirectoryWatch watch) {
    this.node = node;
    this.runtime = runtime;
    this.watch = watch;
  }

  /**
   * As the query of the API's {@code log} subresource.
   *
   * @param container empty for the pod's only or first one
   * @param tailLines only so many lines from the end; null for all
   * @param sinceSeconds only what is younger; null for all
   * @param sinceTime RFC 3339, only what is younger; null for all
   * @param previous of the run before the present one; while none is present, of the last
   * @param timestamps put each line's time before it
   * @param limitBytes stop after so many; null for no limit
   */
  public record LogOptions(
      String container,
      boolean follow,
      @Nullable Long tailLines,
      @Nullable Long sinceSeconds,
      @Nullable String sinceTime,
      boolean previous,
      boolean timestamps,
      @Nullable Long limitBytes) {
    /** Everything up to now. */
    public static LogOptions all(String container) {
      return new LogOptions(container, false, null, null, null, false, false, null);
    }

    /** Everything, and what comes until the container ends. */
    public static LogOptions following(String container) {
      return new LogOptions(container, true, null, null, null, false, false, null);
    }
  }

  /**
   * A container's output, stdout and stderr in the order in which they were written. With {@code
   * follow} a read waits for more, woken by the file system, until the run has ended. To be closed
   * by the reader, also from another thread.
   */
  public InputStream logs(String namespace, String pod, LogOptions options) {
    PodRunner runner = runner(namespace, pod);
    Container container = container(runner, options.container());
    int attempt = attempt(runner, container.getName(), options.previous());
    Path log = runner.directory().log(container.getName(), attempt);
    try {
      return LogStream.open(
          log,
          runner.directory().logs(container.getName()),
          runner.directory().bundle(container.getName(), attempt),
          options,
          watch,
          () -> hasEnded(runner, container.getName(), attempt));
    } catch (IOException e) {
      throw new NodeException("NODE_STREAM", "Tried to read the log " + log + ": " + e, e);
    }
  }

  private static int attempt(PodRunner runner, String container, boolean previous) {
    ContainerLife life = runner.lives().get(container);
    Optional<Run> now =
        life == null
            ? Optional.empty()
            : switch (life.state()) {
              case Running running -> Optional.of(running.run());
              case Ended ended -> Optional.of(ended.run());
              case ContainerLife.Waiting w -> life.lastEnded().map(Ended::run);
              case ContainerLife.Starting s -> life.lastEnded().map(Ended::run);
            };
    int attempt = now.map(Run::attempt).orElse(-1) - (previous && isPresent(runner, life) ? 1 : 0);
    if (previous && attempt < 0) {
      throw new NodeException(
          "NODE_STREAM", "previous terminated container \"" + container + "\" not found", null);
    }
    if (attempt < 0) {
      throw new NodeException(
          "NODE_NOT_RUNNING", "container \"" + container + "\" is waiting to start", null);
    }
    return attempt;
  }

  /** While a container waits for its next run, the last is its previous one, as in its status. */
  private static boolean isPresent(PodRunner runner, @Nullable ContainerLife life) {
    if (life == null || !(life.state() instanceof Ended ended)) {
      return life != null && life.state() instanceof Running;
    }
    return runner
        .pod()
        .filter(
            p ->
                RestartPolicy.of(p.getSpec().getRestartPolicy())
                    .restarts(life.kind(), ended.exitCode()))
        .isEmpty();
  }

  /** By the record on disk, whose change wakes the reader. */
  private static boolean hasEnded(PodRunner runner, String container, int attempt) {
    try {
      return runner
          .directory()
          .run(container, attempt)
          .map(run -> run.ended().isPresent())
          .orElse(true);
    } catch (IOException e) {
      throw new NodeException("NODE_STREAM", "Tried to read the record of a run: " + e, e);
    }
  }

  /**
   * Runs a program in a running container with the container's environment, user and limits. Costs
   * one runc and its init, some 30 ms, besides the program itself.
   *
   * @param container empty for the pod's only or first one
   * @param terminal whether it gets a pseudo-terminal; see {@link Exec}
   */
  public Exec exec(
      String namespace, String pod, String container, List<String> command, boolean terminal) {
    PodRunner runner = runner(namespace, pod);
    Run run = running(runner, container(runner, container).getName());
    try {
      return Exec.start(runtime, run.id(), command, terminal);
    } catch (IOException e) {
      throw new NodeException(
          "NODE_STREAM", "Tried to run a command in pod " + namespace + "/" + pod + ": " + e, e);
    }
  }

  /**
   * Joins the container's own program: its output from now on, and its input if the container asks
   * for {@code stdin}.
   */
  public Attachment attach(String namespace, String pod, String container) {
    PodRunner runner = runner(namespace, pod);
    Container found = container(runner, container);
    Run run = running(runner, found.getName());
    return Attachment.open(
        runner.directory().bundle(found.getName(), run.attempt()),
        runtime.scratch("attach-" + UUID.randomUUID()),
        Pods.isTrue(found.getTty()));
  }

  /**
   * Connects to a TCP port of the pod. Reaches what listens on the pod's address or on all
   * addresses; a program that listens on the pod's loopback only cannot be reached.
   */
  public Socket portForward(String namespace, String pod, int port) {
    PodRunner runner = runner(namespace, pod);
    Pod object = runner.pod().orElseThrow();
    String ip = runner.address().orElse("");
    if (ip.isEmpty()) {
      throw new NodeException("NODE_NOT_RUNNING", "pod has no address yet", null);
    }
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(ip, port), (int) CONNECT_MAX.toMillis());
      return socket;
    } catch (IOException e) {
      try {
        socket.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw new NodeException(
          "NODE_STREAM",
          "Tried to connect to %s:%d of pod %s but: %s; a program that listens on 127.0.0.1 only cannot be forwarded"
              .formatted(ip, port, Pods.title(object), e.getMessage()),
          e);
    }
  }

  private PodRunner runner(String namespace, String pod) {
    return node.find(namespace, pod)
        .orElseThrow(
            () ->
                new NodeException(
                    "NODE_POD_UNKNOWN",
                    "pod %s/%s is not on this node".formatted(namespace, pod),
                    null));
  }

  private static Container container(PodRunner runner, String name) {
    Pod pod = runner.pod().orElseThrow();
    return (name.isEmpty()
            ? Pods.list(pod.getSpec().getContainers()).stream().findFirst()
            : Pods.container(pod, name))
        .orElseThrow(
            () ->
                new NodeException(
                    "NODE_CONTAINER_UNKNOWN",
                    "container %s is not valid for pod %s".formatted(name, Pods.title(pod)),
                    null));
  }

  private static Run running(PodRunner runner, String container) {
    ContainerLife life = runner.lives().get(container);
    if (life != null && life.state() instanceof Running running) {
      return running.run();
    }
    throw new NodeException(
        "NODE_NOT_RUNNING", "container \"" + container + "\" is not running", null);
  }
}
