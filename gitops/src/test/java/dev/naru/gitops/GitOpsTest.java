package dev.naru.gitops;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitOpsTest {
  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        replicas: 2
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: c, image: web}]}
      """;
  private static final String CONFIG =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data: {mode: fast}
      """;

  @TempDir Path dir;
  private KubeApi api;
  private KubernetesClient client;
  private Git work;
  private @Nullable GitOps gitops;

  @BeforeEach
  void open() throws IOException, GitAPIException {
    api = KubeApi.open(KubeConfig.of(dir.resolve("state.db")));
    client = api.client();
    for (String crd :
        List.of(
            "/META-INF/naru/crds/applications.argoproj.io.yaml",
            "/META-INF/naru/crds/appprojects.argoproj.io.yaml",
            "/repositories.test.yaml")) {
      try (InputStream in = GitOpsTest.class.getResourceAsStream(crd)) {
        client
            .resource(client.getKubernetesSerialization().<CustomResourceDefinition>unmarshal(in))
            .create();
      }
    }
    client.load(stream("{apiVersion: v1, kind: Namespace, metadata: {name: naru}}")).create();
    client
        .load(
            stream(
                "{apiVersion: naru.dev/v1alpha1, kind: Repository, metadata: {name: board-deploy,"
                    + " namespace: naru}}"))
        .create();
    Path hosted = dir.resolve("repos/board-deploy.git");
    Git.init().setBare(true).setInitialBranch("main").setDirectory(hosted.toFile()).call().close();
    work =
        Git.cloneRepository()
            .setURI(hosted.toUri().toString())
            .setDirectory(dir.resolve("work").toFile())
            .call();
    file(
        "kustomization.yaml",
        "resources: [web.yaml, settings.yaml]\nimages: [{name: web, newTag: v1}]\n");
    file("web.yaml", DEPLOYMENT);
    file("settings.yaml", CONFIG);
  }

  @AfterEach
  void close() {
    if (gitops != null) {
      gitops.close();
    }
    work.close();
    api.close();
  }

  private static InputStream stream(String text) {
    return new java.io.ByteArrayInputStream(
        ("---\n" + text).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private void file(String name, String text) throws IOException {
    Files.writeString(dir.resolve("work").resolve(name), text);
  }

  /** Commits and pushes, and tells the cluster as the git room does. */
  private String push(String message) throws GitAPIException {
    work.add().addFilepattern(".").call();
    work.add().addFilepattern(".").setUpdate(true).call();
    String commit = work.commit().setMessage(message).setSign(false).call().name();
    work.push().add("HEAD:refs/heads/main").call();
    client
        .genericKubernetesResources("naru.dev/v1alpha1", "Repository")
        .inNamespace("naru")
        .withName("board-deploy")
        .edit(
            r -> {
              r.setAdditionalProperty("status", java.util.Map.of("head", commit));
              return r;
            });
    return commit;
  }

  private void start() throws IOException {
    gitops =
        GitOps.start(
            client,
            new GitOpsConfig(
                "naru",
                new HostedUrls(List.of("http://naru.localhost")),
                dir.resolve("repos"),
                dir.resolve("mirrors"),
                Duration.ofHours(1)),
            Clock.systemUTC());
  }

  private void application(String policy) {
    client
        .load(
            stream(
                """
                apiVersion: argoproj.io/v1alpha1
                kind: Application
                metadata: {name: board, namespace: naru, finalizers: [resources-finalizer.argocd.argoproj.io]}
                spec:
                  project: default
                  source: {repoURL: "http://naru.localhost/git/board-deploy.git", path: ., targetRevision: main}
                  destination: {server: "https://kubernetes.default.svc", namespace: shop}
                  syncPolicy: %s
                """
                    .formatted(policy)))
        .create();
  }

  private static final String AUTO =
      "{automated: {prune: true, selfHeal: true}, syncOptions: [CreateNamespace=true], retry: {limit: 0}}";

  private Application await(Predicate<Application> wanted) {
    return client
        .resources(Application.class)
        .inNamespace("naru")
        .withName("board")
        .waitUntilCondition(a -> a != null && wanted.test(a), 20, TimeUnit.SECONDS);
  }

  private Application awaitSynced(String commit) {
    return await(
        a ->
            a.getStatus() != null
                && a.getStatus().syncStatus().equals("Synced")
                && a.getStatus().syncRevision().equals(commit)
                && a.getStatus().operationPhase().equals("Succeeded"));
  }

  private Optional<Deployment> web() {
    return Optional.ofNullable(
        client.apps().deployments().inNamespace("shop").withName("web").get());
  }

  @Test
  void syncsAndAPushStartsTheNextSync() throws Exception {
    String first = push("one");
    start();
    application(AUTO);
    Application app = awaitSynced(first);
    assertThat(app.getStatus().sourceType()).isEqualTo("Kustomize");
    assertThat(app.getStatus().healthStatus()).isEqualTo("Progressing");
    assertThat(app.getStatus().history()).hasSize(1);
    assertThat(web().orElseThrow().getMetadata().getAnnotations())
        .containsEntry("argocd.argoproj.io/tracking-id", "board:apps/Deployment:shop/web");

    file("kustomization.yaml", "resources: [web.yaml]\nimages: [{name: web, newTag: v2}]\n");
    String second = push("two");
    // The safety net polls once an hour here, so what syncs it is the push.
    app = awaitSynced(second);
    assertThat(
            web()
                .orElseThrow()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getImage())
        .isEqualTo("web:v2");
    assertThat(client.configMaps().inNamespace("shop").withName("settings").get()).isNull();
    assertThat(
            requireNonNull(
                requireNonNull(requireNonNull(app.getStatus().operationState()).syncResult())
                    .resources()))
        .extracting(r -> r.kind() + " " + r.status())
        .containsExactly("Deployment Synced", "ConfigMap Pruned");
    assertThat(requireNonNull(app.getStatus().summary()).images()).containsExactly("web:v2");
  }

  @Test
  void manualChangesAndDeletionsAreHealed() throws Exception {
    String commit = push("one");
    start();
    application(AUTO);
    awaitSynced(commit);
    client.apps().deployments().inNamespace("shop").withName("web").scale(5);
    client
        .apps()
        .deployments()
        .inNamespace("shop")
        .withName("web")
        .waitUntilCondition(d -> d.getSpec().getReplicas() == 2, 10, TimeUnit.SECONDS);
    client.configMaps().inNamespace("shop").withName("settings").delete();
    ConfigMap back =
        client
            .configMaps()
            .inNamespace("shop")
            .withName("settings")
            .waitUntilCondition(c -> c != null, 10, TimeUnit.SECONDS);
    assertThat(back.getData()).containsEntry("mode", "fast");
  }

  @Test
  void aFieldNobodyManagesIsNoDrift() throws Exception {
    String commit = push("one");
    start();
    application("{automated: {selfHeal: false}, syncOptions: [CreateNamespace=true]}");
    awaitSynced(commit);
    client
        .configMaps()
        .inNamespace("shop")
        .withName("settings")
        .edit(
            c -> {
              c.getData().put("more", "from somebody else");
              return c;
            });
    client
        .configMaps()
        .inNamespace("shop")
        .withName("settings")
        .edit(
            c -> {
              c.getData().put("mode", "slow");
              return c;
            });
    Application app = await(a -> a.getStatus().syncStatus().equals("OutOfSync"));
    assertThat(app.getStatus().resources())
        .filteredOn(r -> r.status().equals("OutOfSync"))
        .extracting(ApplicationStatus.Resource::message)
        .containsExactly("field /data/mode is 'slow', the manifest says 'fast'");
  }

  @Test
  void whatCannotBeAppliedChangesNothingAndSaysWhy() throws Exception {
    String first = push("one");
    start();
    application(AUTO);
    awaitSynced(first);
    file("settings.yaml", CONFIG.replace("fast", "slow"));
    file("web.yaml", DEPLOYMENT.replace("replicas: 2", "replicas: many"));
    push("broken");
    Application app = await(a -> a.getStatus().operationPhase().equals("Failed"));
    assertThat(app.getStatus().operationMessage())
        .startsWith(
            "nothing was changed: web.yaml:1: Deployment 'web' in namespace 'shop' cannot be applied:")
        .contains("replicas");
    assertThat(client.configMaps().inNamespace("shop").withName("settings").get().getData())
        .containsEntry("mode", "fast");

    file("web.yaml", DEPLOYMENT);
    file("kustomization.yaml", "resources: [web.yaml, settings.yaml]\nhelmCharts: []\n");
    push("cannot be rendered");
    app =
        await(
            a ->
                a.getStatus().conditions().stream()
                    .anyMatch(c -> c.type().equals("ComparisonError")));
    assertThat(app.getStatus().operationMessage())
        .isEqualTo("kustomization.yaml:2: the kustomization field 'helmCharts' is not supported");

    file("kustomization.yaml", "resources: [web.yaml, settings.yaml]\n");
    app = awaitSynced(push("mended"));
    assertThat(app.getStatus().conditions()).isEmpty();
  }

  @Test
  void aLaterWaveWaitsAndANewerCommitSupersedesTheWaiting() throws Exception {
    file(
        "settings.yaml",
        CONFIG.replace(
            "name: settings",
            "name: settings, annotations: {argocd.argoproj.io/sync-wave: \"1\"}"));
    push("waits");
    start();
    application(AUTO);
    Application app =
        await(
            a ->
                a.getStatus() != null
                    && a.getStatus().operationMessage().startsWith("waiting for wave 0"));
    assertThat(app.getStatus().operationMessage()).contains("Deployment 'web'");
    assertThat(client.configMaps().inNamespace("shop").withName("settings").get()).isNull();
    file("settings.yaml", CONFIG);
    awaitSynced(push("supersedes"));
    assertThat(client.configMaps().inNamespace("shop").withName("settings").get()).isNotNull();
  }

  @Test
  void neverWipesEverythingUnlessTold() throws Exception {
    String first = push("one");
    start();
    application(AUTO);
    awaitSynced(first);
    file("kustomization.yaml", "resources: []\n");
    push("empty");
    Application app = await(a -> !a.getStatus().conditions().isEmpty());
    assertThat(app.getStatus().conditions().getFirst().message())
        .contains("refused to delete all 2 objects");
    assertThat(web()).isPresent();
  }

  @Test
  void onlyItsOwnObjectsGoWithTheApplication() throws Exception {
    String first = push("one");
    start();
    application(AUTO);
    awaitSynced(first);
    client
        .load(stream("{apiVersion: v1, kind: ConfigMap, metadata: {name: other, namespace: shop}}"))
        .create();
    client.resources(Application.class).inNamespace("naru").withName("board").delete();
    client
        .resources(Application.class)
        .inNamespace("naru")
        .withName("board")
        .waitUntilCondition(a -> a == null, 10, TimeUnit.SECONDS);
    assertThat(web()).isEmpty();
    assertThat(client.configMaps().inNamespace("shop").withName("other").get()).isNotNull();
  }

  @Test
  void goesOnAfterARestart() throws Exception {
    String first = push("one");
    start();
    application(AUTO);
    awaitSynced(first);
    requireNonNull(gitops).close();
    file("kustomization.yaml", "resources: [web.yaml]\n");
    String second = push("while away");
    start();
    awaitSynced(second);
    assertThat(client.configMaps().inNamespace("shop").withName("settings").get()).isNull();
  }

  @Test
  void saysWhatItDoesNotSupport() throws Exception {
    push("one");
    start();
    application("{automated: {}, syncOptions: [Replace=true]}");
    Application app = await(a -> a.getStatus() != null && !a.getStatus().conditions().isEmpty());
    assertThat(app.getStatus().conditions().getFirst().message())
        .isEqualTo("the sync option 'Replace=true' is not supported");
  }
}
