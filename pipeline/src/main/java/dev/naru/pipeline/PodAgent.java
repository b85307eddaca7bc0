package dev.naru.pipeline;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecListener;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An agent that is a pod, reached by exec through the API. */
final class PodAgent implements Agent {
  private static final Logger LOG = LoggerFactory.getLogger(PodAgent.class);
  static final String CONTAINER = "agent";
  private static final Duration OPEN_MAX = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final String namespace;
  private final String pod;
  private final Map<String, String> env;
  private final String workspaces;
  private final String control;

  PodAgent(
      KubernetesClient client,
      String namespace,
      String pod,
      Map<String, String> env,
      String workspaces,
      String control) {
    this.client = client;
    this.namespace = namespace;
    this.pod = pod;
    this.env = Map.copyOf(env);
    this.workspaces = workspaces;
    this.control = control;
  }

  @Override
  public String name() {
    return pod;
  }

  @Override
  public Map<String, String> env() {
    return env;
  }

  @Override
  public String workspaces() {
    return workspaces;
  }

  @Override
  public String control() {
    return control;
  }

  @Override
  public Execution start(
      List<String> command, byte[] input, OutputStream output, OutputStream errors)
      throws IOException {
    CompletableFuture<Boolean> open = new CompletableFuture<>();
    PodExecution execution;
    try {
      execution =
          new PodExecution(
              client
                  .pods()
                  .inNamespace(namespace)
                  .withName(pod)
                  .inContainer(CONTAINER)
                  .redirectingInput()
                  .writingOutput(output)
                  .writingError(errors)
                  .usingListener(new Opening(open))
                  .exec(command.toArray(String[]::new)));
    } catch (KubernetesClientException e) {
      throw new IOException("exec in pod '" + pod + "' failed: " + e.getMessage(), e);
    }
    boolean started = false;
    try {
      if (input.length > 0) {
        // The client gives out the watch before its connection can be written to.
        open.get(OPEN_MAX.toMillis(), TimeUnit.MILLISECONDS);
        write(execution.watch().getInput(), input);
      }
      started = true;
      return execution;
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("exec in pod '" + pod + "' failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while opening an exec");
    } finally {
      if (!started) {
        execution.close();
      }
    }
  }

  private static void write(OutputStream to, byte[] input) {
    try {
      to.write(input);
      to.flush();
    } catch (IOException e) {
      // The command has ended, or its connection broke: its exit code tells which.
      LOG.debug("input of an exec was not taken whole", e);
    }
  }

  private record Opening(CompletableFuture<Boolean> open) implements ExecListener {
    @Override
    public void onOpen() {
      open.complete(true);
    }

    @Override
    public void onFailure(Throwable t, @Nullable Response response) {
      open.completeExceptionally(t);
    }

    @Override
    public void onClose(int code, String reason) {
      open.completeExceptionally(new IOException("closed: " + code + " " + reason));
    }
  }

  @Override
  public boolean isGone() {
    try {
      Pod found = client.pods().inNamespace(namespace).withName(pod).get();
      return found == null
          || found.getMetadata().getDeletionTimestamp() != null
          || (found.getStatus() != null
              && List.of("Succeeded", "Failed")
                  .contains(String.valueOf(found.getStatus().getPhase())));
    } catch (KubernetesClientException e) {
      // The API may be away for a moment; the pod is not known to be gone.
      return false;
    }
  }

  private record PodExecution(ExecWatch watch) implements Execution {
    @Override
    public int exitCode() throws IOException, InterruptedException {
      try {
        Integer code = watch.exitCode().get();
        if (code == null || code < 0) {
          throw new IOException("the exec ended without an exit code");
        }
        return code;
      } catch (ExecutionException e) {
        throw new IOException("the exec broke: " + e.getCause(), e.getCause());
      }
    }

    @Override
    public void close() {
      watch.close();
    }
  }
}
