package dev.naru.pipeline;

import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import dev.naru.pipeline.lang.Limits;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** An engine over the built-in API, with local agents and sources given by the test. */
final class TestEngine implements AutoCloseable {
  static final String COMMIT = "0123456789012345678901234567890123456789";
  static final String TOKEN = "t0ken-of-the-run";

  private final Path dir;
  private final KubeApi api;
  private final KubernetesClient client;
  private final LocalAgents agents;
  private final List<String> issued = new ArrayList<>();
  private final Limits limits;
  private volatile String text;
  private Pipelines pipelines;

  private TestEngine(Path dir, String source, Limits limits) throws IOException {
    this.dir = dir;
    this.limits = limits;
    this.text = source;
    this.api = KubeApi.open(KubeConfig.of(dir.resolve("state.db")));
    this.client = api.client();
    this.agents = new LocalAgents(dir.resolve("agents"));
    // Each for itself: an engine may have been killed between the two.
    if (client.namespaces().withName("naru").get() == null) {
      client
          .resource(new NamespaceBuilder().withNewMetadata().withName("naru").endMetadata().build())
          .create();
    }
    try (InputStream crd =
        PipelineRun.class.getResourceAsStream("/META-INF/naru/crds/pipelineruns.naru.dev.yaml")) {
      client.load(crd).serverSideApply();
    }
    this.pipelines = start();
  }

  static TestEngine open(Path dir) throws IOException {
    return new TestEngine(dir, "", Limits.STANDARD);
  }

  static TestEngine open(Path dir, String source) throws IOException {
    return new TestEngine(dir, source, Limits.STANDARD);
  }

  static TestEngine open(Path dir, Limits limits) throws IOException {
    return new TestEngine(dir, "", limits);
  }

  boolean has(String name) {
    return client.resources(PipelineRun.class).inNamespace("naru").withName(name).get() != null;
  }

  private Pipelines start() throws IOException {
    PipelinesConfig base =
        PipelinesConfig.of(dir.resolve("data"), dir, System.getProperty("java.home"));
    PipelinesConfig config =
        new PipelinesConfig(
            base.namespace(),
            base.runs(),
            base.caches(),
            base.installation(),
            base.agentImage(),
            base.agentUser(),
            base.agentCpu(),
            base.agentMemory(),
            base.javaHome(),
            "file://" + dir.resolve("git") + "/",
            base.consoleUrl(),
            base.env(),
            base.labels(),
            base.concurrentRunsMax(),
            base.agentStartMax(),
            java.time.Duration.ofMillis(300),
            limits);
    return Pipelines.start(
        client,
        config,
        new SourceReader() {
          @Override
          public Optional<String> read(String repository, String commit, String path) {
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
          }

          @Override
          public List<String> changedFiles(String repository, String from, String to) {
            return List.of();
          }
        },
        (run, socket, images) -> () -> {},
        new GitTokens() {
          @Override
          public Token issue(String run, String repository) {
            issued.add(run);
            return new Token("run-" + run, TOKEN);
          }

          @Override
          public void revoke(String run) {}
        },
        agents,
        Clock.systemUTC());
  }

  /** Stops the engine as an orderly end does, and starts another. */
  void restart() throws IOException {
    pipelines.close();
    pipelines = start();
  }

  LocalAgents agents() {
    return agents;
  }

  RunLogs logs() {
    return pipelines.logs();
  }

  List<String> issued() {
    return issued;
  }

  void source(String jenkinsfile) {
    text = jenkinsfile;
  }

  /** Makes the hosted repository {@code demo} with one commit; returns its id. */
  String hostedRepository(Map<String, String> files) throws IOException, InterruptedException {
    Path git = Files.createDirectories(dir.resolve("git/demo.git"));
    for (Map.Entry<String, String> e : files.entrySet()) {
      Files.writeString(git.resolve(e.getKey()), e.getValue());
    }
    return git(
        git,
        "git init -q -b main . && git config uploadpack.allowAnySHA1InWant true && git add ."
            + " && git -c user.name=t -c user.email=t@t commit -qm first && git rev-parse HEAD");
  }

  private static String git(Path in, String script) throws IOException, InterruptedException {
    Process p =
        new ProcessBuilder("sh", "-c", script)
            .directory(in.toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (p.waitFor() != 0) {
      throw new IOException(out);
    }
    return out;
  }

  void credential(String id, Map<String, String> data, String type) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(id)
                .withNamespace("naru")
                .addToLabels("jenkins.io/credentials-type", type)
                .endMetadata()
                .withStringData(data)
                .build())
        .create();
  }

  void create(String name) {
    create(name, COMMIT);
  }

  private void create(String name, String commit) {
    PipelineRun run = new PipelineRun();
    ObjectMeta meta = new ObjectMeta();
    meta.setName(name);
    meta.setNamespace("naru");
    run.setMetadata(meta);
    run.setSpec(new PipelineRunSpec("demo", "main", commit, null, null, null, null, false));
    client.resource(run).create();
  }

  void abort(String name) {
    client
        .resources(PipelineRun.class)
        .inNamespace("naru")
        .withName(name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"abort\":true}}");
  }

  PipelineRunStatus await(String name, Predicate<PipelineRunStatus> wanted) {
    return client
        .resources(PipelineRun.class)
        .inNamespace("naru")
        .withName(name)
        .waitUntilCondition(
            r -> r != null && r.getStatus() != null && wanted.test(r.getStatus()),
            20,
            TimeUnit.SECONDS)
        .getStatus();
  }

  PipelineRunStatus end(String name) {
    return await(name, PipelineRunStatus::isFinished);
  }

  PipelineRunStatus runToEnd(String name) {
    return runToEnd(name, COMMIT);
  }

  PipelineRunStatus runToEnd(String name, String commit) {
    create(name, commit);
    return end(name);
  }

  void awaitLog(String name, String wanted) throws IOException {
    await(name, s -> !s.stages().isEmpty());
    try (InputStream log = logs().log(name, 0, true).orElseThrow()) {
      StringBuilder seen = new StringBuilder();
      byte[] buffer = new byte[512];
      while (seen.indexOf(wanted) < 0) {
        int n = log.read(buffer);
        if (n < 0) {
          throw new IOException("the log ended without '" + wanted + "':\n" + seen);
        }
        seen.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
    }
  }

  String log(String name) throws IOException {
    try (InputStream log = logs().log(name, 0, true).orElseThrow()) {
      return new String(log.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    pipelines.close();
    api.close();
  }
}
