import dev.naru.delivery.Delivery;
import dev.naru.delivery.DeliveryStatus;
import dev.naru.git.Repository;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Arguments: kubeconfig, gateway port, registry port, password, deliveries, folder of the sources,
 * folder to work in. The first delivery warms up and is not counted.
 */
public final class DeliveryBench {
  private static final Pattern STARTED = Pattern.compile(", (\\d+) ms after the start");
  private static final int LIVE_MAX_S = 180;

  private final KubernetesClient client;
  private final String git;
  private final Path work;

  private DeliveryBench(KubernetesClient client, String git, Path work) {
    this.client = client;
    this.git = git;
    this.work = work;
  }

  public static void main(String[] a) throws Exception {
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(Files.readString(Path.of(a[0]))))
            .build()) {
      String git = "http://admin:%s@naru.localhost:%s/git/".formatted(a[3], a[1]);
      new DeliveryBench(client, git, Path.of(a[6])).run(Path.of(a[5]), Integer.parseInt(a[4]));
    }
  }

  private void run(Path sources, int deliveries) throws Exception {
    try (InputStream in = Files.newInputStream(sources.resolve("resources.yaml"))) {
      client.load(in).items().forEach(item -> client.resource(item).create());
    }
    for (String name : List.of("ferry", "ferry-deploy")) {
      client
          .resources(Repository.class)
          .inNamespace("naru")
          .withName(name)
          .waitUntilCondition(
              r -> r != null && r.getStatus() != null && !r.getStatus().url().isEmpty(),
              30,
              TimeUnit.SECONDS);
      checkout(name, sources.resolve(name));
    }
    git("ferry-deploy", "push", "--quiet", "origin", "main");
    List<Map<String, Long>> all = new ArrayList<>();
    for (int i = 0; i <= deliveries; i++) {
      Map<String, Long> times = deliver(i);
      if (i > 0) {
        all.add(times);
      }
    }
    System.out.printf(
        Locale.ROOT, "push to live, milliseconds, median of %d deliveries%n", deliveries);
    for (String name : all.getFirst().keySet()) {
      long[] sorted = all.stream().mapToLong(t -> t.get(name)).sorted().toArray();
      System.out.printf(
          Locale.ROOT,
          "  %-38s %6d   (%d to %d)%n",
          name,
          sorted[sorted.length / 2],
          sorted[0],
          sorted[sorted.length - 1]);
    }
  }

  private Map<String, Long> deliver(int number) throws Exception {
    Files.writeString(work.resolve("ferry/index.html"), "<h1>Ferry " + number + "</h1>\n");
    git("ferry", "add", "--all");
    git("ferry", "commit", "--quiet", "--allow-empty", "-m", "Ferry " + number);
    String commit = git("ferry", "rev-parse", "HEAD").strip();
    Instant before = Instant.now();
    git("ferry", "push", "--quiet", "origin", "main");
    Delivery live =
        client
            .resources(Delivery.class)
            .inNamespace("naru")
            .withName("ferry-" + commit.substring(0, 7))
            .waitUntilCondition(
                d ->
                    d != null
                        && d.getStatus() != null
                        && d.getStatus().phase() != DeliveryStatus.Phase.RUNNING,
                LIVE_MAX_S,
                TimeUnit.SECONDS);
    if (live.getStatus().phase() != DeliveryStatus.Phase.LIVE) {
      throw new IllegalStateException("not live: " + live.getStatus().message());
    }
    Map<String, Long> times = new LinkedHashMap<>();
    Instant end = Instant.parse(live.getStatus().finishedAt());
    long total = Duration.between(before, end).toMillis();
    long application = applicationStart();
    times.put("git push to live", total);
    for (DeliveryStatus.Step step : live.getStatus().steps()) {
      if (step.startedAt() != null && step.finishedAt() != null) {
        times.put(
            "  step " + step.name().text(),
            Duration.between(Instant.parse(step.startedAt()), Instant.parse(step.finishedAt()))
                .toMillis());
      }
    }
    times.put("the application's own start", application);
    times.put("Naru's own part", total - application);
    return times;
  }

  /** What the newest pod's log says of its start. */
  private long applicationStart() {
    Pod newest =
        client.pods().inNamespace("ferry").withLabel("app", "ferry").list().getItems().stream()
            .filter(p -> p.getMetadata().getDeletionTimestamp() == null)
            .max(Comparator.comparing((Pod p) -> p.getMetadata().getCreationTimestamp()))
            .orElseThrow();
    String log =
        client
            .pods()
            .inNamespace("ferry")
            .withName(newest.getMetadata().getName())
            .getLog();
    Matcher started = STARTED.matcher(log);
    if (!started.find()) {
      throw new IllegalStateException("the application did not say when it started: " + log);
    }
    return Long.parseLong(started.group(1));
  }

  private void checkout(String name, Path from) throws Exception {
    Path folder = Files.createDirectories(work.resolve(name));
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    git(name, "init", "--quiet", "--initial-branch=main");
    git(name, "remote", "add", "origin", git + name + ".git");
    git(name, "add", "--all");
    git(name, "commit", "--quiet", "-m", "First");
  }

  private String git(String repository, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("git", "-c", "user.name=Bench", "-c", "user.email=bench@example.org"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(work.resolve(repository).toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IllegalStateException("git " + List.of(arguments) + ": " + output);
    }
    return output;
  }
}
