package dev.naru.gitops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.base.CommitId;
import dev.naru.base.Workers;
import dev.naru.git.GitAccess;
import dev.naru.git.GitConfig;
import dev.naru.git.HostedRepositories;
import dev.naru.git.Repository;
import dev.naru.git.RepositorySpec;
import dev.naru.gitops.edit.EditException;
import dev.naru.gitops.edit.ImageChange;
import dev.naru.gitops.edit.ManifestEdit;
import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manifest edit over HTTP to a hosted repository, and the sync that it starts. */
class HostedEditTest {
  private static final CommitId SOURCE = new CommitId("0123456789012345678901234567890123456789");

  @TempDir Path dir;
  private KubeApi api;
  private KubernetesClient client;
  private HostedRepositories hosted;
  private Server server;
  private String base;

  @BeforeEach
  void open() throws Exception {
    api = KubeApi.open(KubeConfig.of(dir.resolve("state.db")));
    client = api.client();
    for (String crd : List.of("applications.argoproj.io", "repositories.naru.dev")) {
      try (InputStream in =
          HostedEditTest.class.getResourceAsStream("/META-INF/naru/crds/" + crd + ".yaml")) {
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
    hosted =
        HostedRepositories.open(
            dir.resolve("repos"),
            client,
            Clock.systemUTC(),
            GitConfig.of("naru", "http://naru.localhost"));
    server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(
        new ServletHolder(
            hosted.servlet(
                (credential, repository) ->
                    credential instanceof GitAccess.Credential.Password p
                            && p.secret().equals("right")
                        ? Optional.of(new GitAccess.Grant(p.user(), GitAccess.Right.WRITE))
                        : Optional.empty())),
        "/git/*");
    server.setHandler(context);
    server.start();
    base = "http://127.0.0.1:" + connector.getLocalPort();
    Repository repository = new Repository();
    repository.setMetadata(
        new ObjectMetaBuilder().withName("board-deploy").withNamespace("naru").build());
    repository.setSpec(new RepositorySpec(null, false, null));
    client.resource(repository).create();
    first();
  }

  private void first() throws Exception {
    Path work = dir.resolve("work");
    var login = new UsernamePasswordCredentialsProvider("jin", "right");
    try (Git git =
        Git.cloneRepository()
            .setURI(base + "/git/board-deploy.git")
            .setCredentialsProvider(login)
            .setDirectory(work.toFile())
            .call()) {
      Files.writeString(
          work.resolve("kustomization.yaml"),
          "resources: [pod.yaml]\nimages:\n  - name: web # ours\n    newTag: v0\n");
      Files.writeString(
          work.resolve("pod.yaml"),
          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n");
      git.add().addFilepattern(".").call();
      git.commit().setMessage("first").setSign(false).call();
      git.push().setCredentialsProvider(login).add("HEAD:refs/heads/main").call();
    }
  }

  @AfterEach
  void close() throws Exception {
    server.stop();
    hosted.close();
    api.close();
  }

  private ManifestEdit.Request request(String image, String password) {
    return new ManifestEdit.Request(
        base + "/git/board-deploy.git",
        "main",
        ".",
        List.of(ImageChange.parse(image)),
        "board",
        SOURCE,
        new ManifestEdit.Login("robot", password));
  }

  @Test
  void racingEditsOverHttpAreAllInAndTheLastIsSynced() throws Exception {
    try (GitOps gitops = gitops()) {
      assertThat(gitops).isNotNull();
      application();
      int editors = 6;
      try (Workers workers = new Workers("editor", editors)) {
        List<Future<ManifestEdit.Result>> all = new ArrayList<>();
        for (int i = 0; i < editors; i++) {
          int n = i;
          all.add(
              workers.submit(
                  () ->
                      ManifestEdit.apply(
                          request("image-" + n + "=:v" + n, "right"),
                          Clock.systemUTC(),
                          new Random(n))));
        }
        for (Future<ManifestEdit.Result> each : all) {
          assertThat(Workers.join(each)).isInstanceOf(ManifestEdit.Result.Committed.class);
        }
      }
      Repository told =
          client.resources(Repository.class).inNamespace("naru").withName("board-deploy").get();
      assertThat(told.getStatus().commits()).hasSize(1 + editors);
      assertThat(told.getStatus().commits().getFirst().sourceCommits())
          .containsExactly("board@" + SOURCE);
      String head = told.getStatus().head("main");
      client
          .resources(Application.class)
          .inNamespace("naru")
          .withName("board")
          .waitUntilCondition(
              a ->
                  a.getStatus() != null
                      && a.getStatus().syncRevision().equals(head)
                      && a.getStatus().syncStatus().equals("Synced"),
              20,
              TimeUnit.SECONDS);
    }
  }

  @Test
  void aWrongPasswordIsSaid() {
    assertThatThrownBy(
            () -> ManifestEdit.apply(request("web=:v1", "wrong"), Clock.systemUTC(), new Random(1)))
        .isInstanceOf(EditException.class)
        .hasMessageContaining("not authorized");
  }

  private GitOps gitops() throws IOException {
    return GitOps.start(
        client,
        new GitOpsConfig(
            "naru",
            new HostedUrls(List.of("http://naru.localhost")),
            dir.resolve("repos"),
            dir.resolve("mirrors"),
            Duration.ofHours(1)),
        Clock.systemUTC());
  }

  private void application() {
    Application app = new Application();
    app.setMetadata(new ObjectMetaBuilder().withName("board").withNamespace("naru").build());
    app.setSpec(
        new ApplicationSpec(
            "default",
            new ApplicationSpec.Source(
                "http://naru.localhost/git/board-deploy.git",
                ".",
                null,
                null,
                null,
                null,
                null,
                null,
                null),
            null,
            new ApplicationSpec.Destination(null, null, "shop"),
            new ApplicationSpec.SyncPolicy(
                new ApplicationSpec.Automated(null, true, true, false), null, null, null),
            null,
            null,
            null));
    client.resource(app).create();
  }
}
