package dev.naru.pipeline;

import dev.naru.pipeline.lang.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * How runs run.
 *
 * @param namespace of the runs, their credentials and their agent pods
 * @param runs directory of journals, logs, artifacts and workspaces, one folder a run
 * @param caches directory of the caches that runs of a repository share
 * @param installation Naru's own files, seen by agents at {@code /naru}
 * @param agentImage image of the agent pod
 * @param agentUser user and group id of the agent's processes
 * @param agentCpu limit, as a Kubernetes quantity
 * @param agentMemory limit, as a Kubernetes quantity
 * @param javaHome JAVA_HOME in agents
 * @param gitUrl start of the URL of repositories as pods reach them; {@code <name>.git} is added
 * @param consoleUrl start of BUILD_URL; ends with a slash
 * @param env variables that every run gets, such as REGISTRY
 * @param labels what {@code agent { label … }} may ask for
 * @param concurrentRunsMax runs at a time; more wait
 * @param agentStartMax how long a pod may take to be ready
 * @param killAfter how long an ended step gets between SIGTERM and SIGKILL
 * @param limits of the language
 */
public record PipelinesConfig(
    String namespace,
    Path runs,
    Path caches,
    Path installation,
    String agentImage,
    int agentUser,
    String agentCpu,
    String agentMemory,
    String javaHome,
    String gitUrl,
    String consoleUrl,
    Map<String, String> env,
    Set<String> labels,
    int concurrentRunsMax,
    Duration agentStartMax,
    Duration killAfter,
    Limits limits) {

  public PipelinesConfig {
    env = Map.copyOf(env);
    labels = Set.copyOf(labels);
  }

  /**
   * The usual values for one machine.
   *
   * @param data the data directory; holds {@code runs} and {@code caches}
   */
  public static PipelinesConfig of(Path data, Path installation, String javaHome) {
    return new PipelinesConfig(
        "naru",
        data.resolve("runs"),
        data.resolve("caches"),
        installation,
        "naru.local/host",
        1000,
        "4",
        "4Gi",
        javaHome,
        "http://naru.naru/git/",
        "http://naru.localhost/",
        Map.of(
            "REGISTRY", "localhost:5000",
            "MANIFEST_REPO", "http://naru.naru/git/board-deploy.git"),
        Set.of("linux", "built-in", "master", "naru", "docker", "java", "maven", "node"),
        4,
        Duration.ofSeconds(120),
        Duration.ofSeconds(5),
        Limits.STANDARD);
  }
}
