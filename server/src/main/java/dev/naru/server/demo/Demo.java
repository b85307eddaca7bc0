package dev.naru.server.demo;

import dev.naru.delivery.Delivery;
import dev.naru.delivery.DeliveryStatus;
import dev.naru.delivery.WhereReport;
import dev.naru.git.Repository;
import dev.naru.git.RepositorySpec;
import dev.naru.server.ServerException;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Delivers the board for the first time, then a second version of it under load. Everything that it
 * does a person could do with git, kubectl and a browser. Run again, it reuses the repositories and
 * delivers the next visible version.
 */
public final class Demo {
  private static final String NAMESPACE = "naru";
  private static final String SOURCES = "board";
  private static final String MANIFESTS = "board-deploy";
  private static final String BRANCH = "main";
  private static final String HOST = "board.localhost";

  /** The first build downloads the application's dependencies. */
  private static final Duration DELIVERY_MAX = Duration.ofMinutes(20);

  private static final Duration RESOURCE_MAX = Duration.ofSeconds(30);
  private static final Duration LOAD_MARGIN = Duration.ofSeconds(10);
  private static final List<Release> RELEASES =
      List.of(new Release("Dawn"), new Release("Noon"), new Release("Dusk"), new Release("Night"));

  private final KubernetesClient client;
  private final Target target;
  private final Steps steps;
  private final Clock clock;

  /**
   * What the demo talks to.
   *
   * @param projects the folder that holds {@code board} and {@code board-deploy}
   * @param web {@code http://naru.localhost}, with the port when it is not 80
   * @param gateway the gateway by address, for clients that do not resolve {@code *.localhost}
   */
  public record Target(Path projects, String web, URI gateway, String user, String password) {
    @Override
    public String toString() {
      return "Target[" + web + "]";
    }
  }

  public Demo(KubernetesClient client, Target target, Steps steps, Clock clock) {
    this.client = client;
    this.target = target;
    this.steps = steps;
    this.clock = clock;
  }

  /** Repositories, Application and the first delivery; nothing is done twice. */
  public void deliverFirst() throws Exception {
    steps.run("repositories " + SOURCES + " and " + MANIFESTS, this::declareRepositories);
    steps.run("push " + MANIFESTS, () -> pushFolder(MANIFESTS, "The board's manifests"));
    steps.run("application " + SOURCES, this::declareApplication);
    String commit = steps.run("push " + SOURCES, () -> pushFolder(SOURCES, "The board"));
    follow(commit);
  }

  /** Pushes a visibly different version under load and returns what the users felt. */
  public Proof deliverUnderLoad() throws Exception {
    try (Load load = new Load(target.gateway(), HOST, "ferryman", "over-the-water-1")) {
      return Proof.of(
          load,
          LOAD_MARGIN,
          () -> {
            String commit = steps.run("push a second version", this::pushNextRelease);
            follow(commit);
            return commit;
          });
    }
  }

  /** Waits for a commit's Delivery and shows each step as it ends. */
  void follow(String commit) throws Exception {
    String name = SOURCES + "-" + commit.substring(0, 7);
    await(name, Objects::nonNull, RESOURCE_MAX);
    Instant pushed = clock.instant();
    for (DeliveryStatus.StepName step : DeliveryStatus.StepName.values()) {
      Delivery delivery =
          steps.run(
              step.text(),
              () -> await(name, d -> isOver(d) || endedOrSaysWhere(d, step), DELIVERY_MAX));
      if (isOver(delivery) && status(delivery).phase() != DeliveryStatus.Phase.LIVE) {
        throw new ServerException(
            "DEMO_DELIVERY_FAILED",
            "The delivery of "
                + commit.substring(0, 7)
                + " did not become live:\n"
                + String.join("\n", WhereReport.where(delivery, clock.instant())));
      }
    }
    Delivery live = await(name, d -> isOver(d), RESOURCE_MAX);
    for (String line : WhereReport.where(live, clock.instant())) {
      steps.brief("    " + line);
    }
    steps.done("from push to live", Duration.between(pushed, clock.instant()));
  }

  private Object declareRepositories() throws IOException {
    RepositorySpec spec = new RepositorySpec(BRANCH, false, List.of());
    for (String name : List.of(MANIFESTS, SOURCES)) {
      Repository repository = new Repository();
      repository.setMetadata(
          new ObjectMetaBuilder().withName(name).withNamespace(NAMESPACE).build());
      repository.setSpec(spec);
      client.resource(repository).serverSideApply();
    }
    for (String name : List.of(MANIFESTS, SOURCES)) {
      client
          .resources(Repository.class)
          .inNamespace(NAMESPACE)
          .withName(name)
          .waitUntilCondition(
              r -> r != null && r.getStatus() != null && !r.getStatus().url().isEmpty(),
              RESOURCE_MAX.toSeconds(),
              TimeUnit.SECONDS);
    }
    return spec;
  }

  private Object declareApplication() throws IOException {
    try (var yaml =
        Files.newInputStream(target.projects().resolve(MANIFESTS + "/application.yaml"))) {
      return client.load(yaml).serverSideApply();
    }
  }

  /** The head of main, after a first push of the folder when the repository was empty. */
  private String pushFolder(String repository, String message)
      throws IOException, InterruptedException {
    try (Workspace workspace = open(repository)) {
      if (!workspace.isEmpty()) {
        return workspace.git("rev-parse", "origin/main");
      }
      workspace.fill(target.projects().resolve(repository));
      return workspace.push(message);
    }
  }

  private String pushNextRelease() throws IOException, InterruptedException {
    try (Workspace workspace = open(SOURCES)) {
      Release next = Release.after(RELEASES, workspace.directory());
      next.write(workspace.directory());
      return workspace.push("Release " + next.name());
    }
  }

  private Workspace open(String repository) throws IOException, InterruptedException {
    return Workspace.clone(
        target.web() + "/git/" + repository + ".git", target.user(), target.password());
  }

  private interface Condition {
    boolean holds(Delivery delivery);
  }

  private Delivery await(String name, Condition condition, Duration max) {
    try {
      return client
          .resources(Delivery.class)
          .inNamespace(NAMESPACE)
          .withName(name)
          .waitUntilCondition(
              d -> d != null && condition.holds(d), max.toSeconds(), TimeUnit.SECONDS);
    } catch (KubernetesClientTimeoutException e) {
      Delivery last = client.resources(Delivery.class).inNamespace(NAMESPACE).withName(name).get();
      throw new ServerException(
          "DEMO_DELIVERY_SLOW",
          "Delivery "
              + name
              + " was not further after "
              + max.toMinutes()
              + " minutes:\n"
              + (last == null
                  ? "it does not exist"
                  : String.join("\n", WhereReport.where(last, clock.instant()))),
          e);
    }
  }

  private static boolean isOver(Delivery delivery) {
    return delivery.getStatus() != null
        && delivery.getStatus().phase() != DeliveryStatus.Phase.RUNNING;
  }

  private static DeliveryStatus status(Delivery delivery) {
    return Objects.requireNonNull(delivery.getStatus());
  }

  private boolean endedOrSaysWhere(Delivery delivery, DeliveryStatus.StepName name) {
    if (ended(delivery, name)) {
      return true;
    }
    if (delivery.getStatus() != null) {
      delivery.getStatus().steps().stream()
          .filter(s -> s.name() == name)
          .findFirst()
          .ifPresent(s -> steps.detail(s.message()));
    }
    return false;
  }

  private static boolean ended(Delivery delivery, DeliveryStatus.StepName name) {
    return delivery.getStatus() != null
        && delivery.getStatus().steps().stream()
            .filter(s -> s.name() == name)
            .anyMatch(
                s ->
                    switch (s.state()) {
                      case WAITING, RUNNING -> false;
                      case DONE, FAILED, SKIPPED -> true;
                    });
  }
}
