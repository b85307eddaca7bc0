import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Arguments: kubeconfig, registry, number of pods, then the podman command with its options. */
public final class PodBench {
  private static final String IMAGE = "naru.local/web";
  private static final int START_MAX_S = 120;

  private final KubernetesClient client;
  private final List<String> podman;
  private final String remote;
  private final ConcurrentHashMap<String, CompletableFuture<Long>> running =
      new ConcurrentHashMap<>();

  private PodBench(KubernetesClient client, List<String> podman, String registry) {
    this.client = client;
    this.podman = podman;
    this.remote = registry + "/" + IMAGE + ":latest";
  }

  public static void main(String[] arguments) throws Exception {
    int pods = Integer.parseInt(arguments[2]);
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(Files.readString(Path.of(arguments[0]))))
            .build()) {
      new PodBench(
              client, List.of(arguments).subList(3, arguments.length), arguments[1])
          .measure(pods);
    }
  }

  private void measure(int pods) throws Exception {
    try (Watch _ = client.pods().inNamespace("default").watch(new Seen())) {
      startPod("warm-up");
      call("pull", "--quiet", "--tls-verify=false", remote);
      startContainer("warm-up");
      List<Long> naru = new ArrayList<>();
      List<Long> peer = new ArrayList<>();
      for (int i = 0; i < pods; i++) {
        naru.add(startPod("one-" + i));
        peer.add(startContainer("one-" + i));
      }
      print("one by one, create to running", naru, peer);
      removeAll();
      List<Long> naruAll = atOnce(pods, this::startPod);
      removeAll();
      List<Long> peerAll = atOnce(pods, this::startContainer);
      print(pods + " at once, create to running", naruAll, peerAll);
      removeAll();
    }
  }

  private interface Start {
    long millis(String name) throws Exception;
  }

  private static List<Long> atOnce(int pods, Start start) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> all = new ArrayList<>();
      for (int i = 0; i < pods; i++) {
        String name = "all-" + i;
        all.add(threads.submit(() -> start.millis(name)));
      }
      List<Long> times = new ArrayList<>();
      for (Future<Long> one : all) {
        times.add(one.get());
      }
      return times;
    }
  }

  private long startPod(String name) throws Exception {
    CompletableFuture<Long> seen = new CompletableFuture<>();
    running.put(name, seen);
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .withTerminationGracePeriodSeconds(0L)
            .addNewContainer()
            .withName("web")
            .withImage(IMAGE)
            .withImagePullPolicy("IfNotPresent")
            .endContainer()
            .endSpec()
            .build();
    long from = System.nanoTime();
    client.resource(pod).create();
    return TimeUnit.NANOSECONDS.toMillis(seen.get(START_MAX_S, TimeUnit.SECONDS) - from);
  }

  private long startContainer(String name) throws Exception {
    long from = System.nanoTime();
    call("run", "--detach", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024", "--name", name, remote);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
  }

  private void removeAll() throws Exception {
    client.pods().inNamespace("default").withGracePeriod(0).delete();
    for (String name : List.copyOf(running.keySet())) {
      client
          .pods()
          .inNamespace("default")
          .withName(name)
          .waitUntilCondition(p -> p == null, START_MAX_S, TimeUnit.SECONDS);
    }
    running.clear();
    call("rm", "--force", "--all", "--time", "0");
  }

  private void call(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(podman);
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("podman", ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(START_MAX_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException(
          String.join(" ", command) + " failed: " + Files.readString(output));
    }
    Files.delete(output);
  }

  private static void print(String what, List<Long> naru, List<Long> peer) {
    System.out.printf(Locale.ROOT, "%s (%d each)%n", what, naru.size());
    System.out.printf(
        Locale.ROOT, "  naru    median %5d ms   p90 %5d ms%n", at(naru, 0.5), at(naru, 0.9));
    System.out.printf(
        Locale.ROOT, "  podman  median %5d ms   p90 %5d ms%n", at(peer, 0.5), at(peer, 0.9));
    System.out.printf(
        Locale.ROOT,
        "  ratio   median %5.2f      p90 %5.2f      (below 1: naru is faster)%n",
        at(naru, 0.5) / (double) at(peer, 0.5),
        at(naru, 0.9) / (double) at(peer, 0.9));
  }

  private static long at(List<Long> times, double quantile) {
    long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))];
  }

  /** Completes a pod's time when its phase turns Running. */
  private final class Seen implements Watcher<Pod> {
    @Override
    public void eventReceived(Action action, Pod pod) {
      if (pod.getStatus() != null && "Running".equals(pod.getStatus().getPhase())) {
        CompletableFuture<Long> waiting = running.get(pod.getMetadata().getName());
        if (waiting != null) {
          waiting.complete(System.nanoTime());
        }
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      running.values().forEach(f -> f.completeExceptionally(cause));
    }
  }
}
