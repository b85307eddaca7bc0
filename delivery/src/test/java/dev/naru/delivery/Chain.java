package dev.naru.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.base.Times;
import dev.naru.git.Repository;
import dev.naru.git.RepositorySpec;
import dev.naru.git.RepositorySpec.Pipeline;
import dev.naru.git.RepositoryStatus;
import dev.naru.git.RepositoryStatus.Branch;
import dev.naru.git.RepositoryStatus.Commit;
import dev.naru.git.RepositoryStatus.Push;
import dev.naru.gitops.Application;
import dev.naru.gitops.ApplicationSpec;
import dev.naru.gitops.ApplicationStatus;
import dev.naru.gitops.HostedUrls;
import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import dev.naru.pipeline.PipelineRun;
import dev.naru.pipeline.PipelineRunStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A real API in which a test plays every room but delivery. */
final class Chain implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-01-01T00:02:00Z");
  static final String BACKEND = "localhost:5000/board-backend:";

  final KubeApi api;
  final KubernetesClient client;
  private @Nullable Deliveries deliveries;

  Chain(Path dir) throws IOException {
    api = KubeApi.open(KubeConfig.of(dir.resolve("state.db")));
    client = api.client();
    for (String crd :
        List.of(
            "repositories.naru.dev",
            "pipelineruns.naru.dev",
            "deliveries.naru.dev",
            "applications.argoproj.io")) {
      try (InputStream in =
          Chain.class.getResourceAsStream("/META-INF/naru/crds/" + crd + ".yaml")) {
        client
            .resource(client.getKubernetesSerialization().<CustomResourceDefinition>unmarshal(in))
            .create();
      }
    }
    for (String name : List.of("naru", "shop")) {
      client
          .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
          .create();
    }
    repository(
        "board",
        List.of(
            new Pipeline("backend", "backend/Jenkinsfile", List.of("backend/")),
            new Pipeline("frontend", "frontend/Jenkinsfile", List.of("frontend/**"))));
    repository("board-deploy", List.of());
    Application app = new Application();
    app.setMetadata(new ObjectMetaBuilder().withName("board").withNamespace("naru").build());
    app.setSpec(
        new ApplicationSpec(
            "default",
            new ApplicationSpec.Source(
                "http://naru.localhost/git/board-deploy.git",
                "overlays/local",
                null,
                null,
                null,
                null,
                null,
                null,
                null),
            null,
            new ApplicationSpec.Destination(null, null, "shop"),
            null,
            null,
            null,
            null));
    client.resource(app).create();
    start();
  }

  void start() {
    deliveries =
        Deliveries.start(
            client,
            new DeliveryConfig("naru", new HostedUrls(List.of("http://naru.localhost")), 100),
            Clock.fixed(NOW, ZoneOffset.UTC));
  }

  void stop() {
    if (deliveries != null) {
      deliveries.close();
    }
  }

  @Override
  public void close() {
    stop();
    api.close();
  }

  /** A full commit id from its first digits. */
  static String id(String start) {
    return start + "0".repeat(40 - start.length());
  }

  static String time(double second) {
    return Times.text(Instant.parse("2026-01-01T00:00:00Z").plusMillis((long) (second * 1000)));
  }

  private void repository(String name, List<Pipeline> pipelines) {
    Repository repository = new Repository();
    repository.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("naru").build());
    repository.setSpec(new RepositorySpec(null, false, pipelines));
    client.resource(repository).create();
  }

  /** What git/ does at a push. */
  void push(
      String repository,
      String branch,
      String commit,
      double at,
      String subject,
      List<String> sources,
      @Nullable List<String> paths) {
    client
        .resources(Repository.class)
        .inNamespace("naru")
        .withName(repository)
        .editStatus(
            r -> {
              RepositoryStatus last = r.getStatus();
              List<Commit> commits = new ArrayList<>();
              String previous =
                  last == null ? null : last.branches().isEmpty() ? null : last.head(branch);
              commits.add(
                  new Commit(
                      commit,
                      branch,
                      List.of(),
                      subject,
                      "Jin",
                      time(at),
                      time(at),
                      sources,
                      new Push(
                          "jin",
                          previous == null || previous.isEmpty() ? null : previous,
                          paths,
                          paths == null,
                          List.of())));
              Map<String, Branch> branches = new java.util.TreeMap<>();
              if (last != null) {
                commits.addAll(last.commits());
                branches.putAll(last.branches());
              }
              branches.put(branch, new Branch(commit, time(at), "jin"));
              r.setStatus(
                  new RepositoryStatus(
                      "http://naru.localhost/git/" + repository + ".git", branches, commits));
              return r;
            });
  }

  PipelineRun awaitRun(String name) {
    return client
        .resources(PipelineRun.class)
        .inNamespace("naru")
        .withName(name)
        .waitUntilCondition(r -> r != null, 20, TimeUnit.SECONDS);
  }

  List<String> runs() {
    return client.resources(PipelineRun.class).inNamespace("naru").list().getItems().stream()
        .map(r -> r.getMetadata().getName())
        .sorted()
        .toList();
  }

  void run(String name, PipelineRunStatus status) {
    client
        .resources(PipelineRun.class)
        .inNamespace("naru")
        .withName(name)
        .editStatus(
            r -> {
              r.setStatus(status);
              return r;
            });
  }

  void runSucceeded(String name, String image, double from, double to) {
    run(
        name,
        new PipelineRunStatus(
            "Succeeded",
            time(from),
            time(to),
            null,
            null,
            null,
            "agent",
            1,
            null,
            List.of(
                new PipelineRunStatus.Image(
                    image, null, time(from + 5), time(to - 2), time(to - 1), "Pushed", null))));
  }

  void application(String sync, String revision, String phase, String message, double finished) {
    ApplicationStatus status =
        new ApplicationStatus(
            new ApplicationStatus.Sync(sync, revision, null),
            new ApplicationStatus.Health("Progressing", null),
            List.of(
                new ApplicationStatus.Resource(
                    "apps", "v1", "Deployment", "shop", "backend", sync, null, null, null, null)),
            new ApplicationStatus.OperationState(
                null,
                phase,
                message,
                time(finished - 1),
                phase.equals("Running") ? null : time(finished),
                null,
                new ApplicationStatus.SyncResult(null, revision, null)),
            null,
            null,
            null,
            "Kustomize",
            null);
    client
        .resources(Application.class)
        .inNamespace("naru")
        .withName("board")
        .edit(
            a -> {
              a.setStatus(status);
              return a;
            });
  }

  /** Creates or replaces, with its status. */
  @SuppressWarnings("unchecked") // load() gives each object its own type.
  void put(String yaml) {
    for (HasMetadata item :
        client
            .load(new ByteArrayInputStream(("---\n" + yaml).getBytes(StandardCharsets.UTF_8)))
            .items()) {
      var resource = (io.fabric8.kubernetes.client.dsl.Resource<HasMetadata>) client.resource(item);
      HasMetadata old = resource.get();
      if (old == null) {
        resource.create();
      }
      HasMetadata now = resource.get();
      item.getMetadata().setResourceVersion(now.getMetadata().getResourceVersion());
      item.getMetadata().setUid(now.getMetadata().getUid());
      resource.update();
      item.getMetadata().setResourceVersion(null);
      if (!item.getKind().equals("EndpointSlice") && !item.getKind().equals("Service")) {
        client.resource(item).updateStatus();
      }
    }
  }

  String uid(String kind, String name) {
    return client
        .genericKubernetesResources("apps/v1", kind)
        .inNamespace("shop")
        .withName(name)
        .get()
        .getMetadata()
        .getUid();
  }

  Delivery await(String name, Predicate<DeliveryStatus> wanted) {
    return client
        .resources(Delivery.class)
        .inNamespace("naru")
        .withName(name)
        .waitUntilCondition(
            d -> d != null && d.getStatus() != null && wanted.test(d.getStatus()),
            20,
            TimeUnit.SECONDS);
  }

  Delivery awaitMessage(String name, String part) {
    return await(name, s -> s.message().contains(part));
  }

  static void golden(String name, Delivery delivery) throws IOException {
    String text = String.join("\n", WhereReport.where(delivery, NOW)) + "\n";
    Path golden = Path.of("src/test/resources/where", name + ".txt");
    if (Boolean.getBoolean("golden.refresh")) {
      Files.writeString(golden, text);
    }
    assertThat(text).isEqualTo(Files.readString(golden));
  }
}
