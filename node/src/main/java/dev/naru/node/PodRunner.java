package dev.naru.node;

import dev.naru.base.FileTrees;
import dev.naru.node.ContainerLife.Ended;
import dev.naru.node.ContainerLife.Run;
import dev.naru.node.ContainerLife.Running;
import dev.naru.node.ContainerLife.Starting;
import dev.naru.node.PodDirectory.Identity;
import dev.naru.node.Signal.ProbeKind;
import dev.naru.node.Signal.Probed;
import dev.naru.node.container.ContainerRuntime.State;
import dev.naru.node.linux.LinuxException;
import dev.naru.node.linux.Mounts;
import dev.naru.node.net.NetworkException;
import dev.naru.node.net.PodAddress;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pod from its first container to its last mount. One thread owns all of its state and handles
 * one {@link Signal} at a time; what takes long (pulling, starting, stopping, probing) runs on
 * threads of its own that answer with a signal.
 *
 * <p>After each signal: {@link PodPlan} decides from the containers' lives what to do, it is done,
 * and the status that follows from them is handed to the {@link StatusWriter}.
 *
 * <p>Longer than other classes because it is the single writer of everything that a pod has.
 */
final class PodRunner {
  private static final Logger LOG = LoggerFactory.getLogger(PodRunner.class);
  private static final Duration AFTER_FAULT = Duration.ofSeconds(2);
  private static final Duration POST_START_MAX = Duration.ofMinutes(5);
  private static final Duration FLUSH_MAX = Duration.ofSeconds(5);

  private final NodeParts parts;
  private final PodDirectory directory;
  private final String uid;
  private final Sandbox sandbox;
  private final PodVolumes volumes;
  private final ContainerEnds ends;
  private final Consumer<PodRunner> whenOver;

  /** Bounded by what can happen to one pod between two turns of its thread. */
  private final BlockingQueue<Signal> box = new LinkedBlockingQueue<>();

  private final Thread thread;

  // Owned by the thread, except where noted.
  private final Map<String, ContainerLife> lives = new LinkedHashMap<>();
  private final Map<String, List<Prober>> probers = new HashMap<>();
  private final Map<String, CompletableFuture<Boolean>> exits = new ConcurrentHashMap<>();
  private final Map<String, Thread> starters = new HashMap<>();
  private final List<Thread> removers = new ArrayList<>();
  private final CompletableFuture<Boolean> hurry = new CompletableFuture<>();
  private volatile @Nullable Pod pod;
  private volatile Map<String, ContainerLife> published = Map.of();
  private @Nullable StatusWriter writer;
  private volatile Sandbox.@Nullable Place place;
  private List<PodCondition> conditions = List.of();
  private Instant startTime;
  private boolean gone;
  private boolean ending;
  private boolean stopped;
  private boolean released;
  private boolean volumesReady;
  private boolean over;
  private long graceOfRecord = Pods.GRACE_SECONDS;
  private String reason = "";
  private String message = "";
  private @Nullable Instant wakeAt;

  PodRunner(NodeParts parts, String uid, Consumer<PodRunner> whenOver) {
    this.parts = parts;
    this.uid = uid;
    this.directory = new PodDirectory(parts.config().pods().resolve(uid));
    this.sandbox =
        new Sandbox(parts.config(), parts.network(), parts.runtime().cgroups(), directory, uid);
    this.volumes = new PodVolumes(parts.config(), parts.cluster(), directory);
    this.ends = new ContainerEnds(parts.runtime(), directory, sandbox.cgroup());
    this.whenOver = whenOver;
    this.startTime = parts.clock().instant();
    this.thread = Thread.ofVirtual().name("pod-" + uid).unstarted(this::run);
  }

  /** Starts its thread. Until the first {@link Signal.Changed} or {@link Signal.Gone} it waits. */
  void start() {
    thread.start();
  }

  void tell(Signal signal) {
    box.add(signal);
  }

  String uid() {
    return uid;
  }

  /** The pod as last seen in the API; empty for one that is only on disk. */
  Optional<Pod> pod() {
    return Optional.ofNullable(pod);
  }

  /** Where the containers stand, for readers on other threads. */
  Map<String, ContainerLife> lives() {
    return published;
  }

  /** The pod's address; empty while it has none. */
  Optional<String> address() {
    Sandbox.Place at = place;
    return at == null ? Optional.empty() : Optional.of(at.ip());
  }

  PodDirectory directory() {
    return directory;
  }

  /** Ends the thread and leaves the containers alone. */
  void abandon() throws InterruptedException {
    thread.interrupt();
    thread.join();
  }

  private void run() {
    try {
      handle(firstNews());
      if (!await(this::adopt)) {
        return;
      }
      while (!stopped) {
        if (!await(this::turn)) {
          return;
        }
      }
      if (!await(this::finish)) {
        return;
      }
      whenOver.accept(this);
    } catch (InterruptedException e) {
      // The node closes; containers go on and are adopted by the next process.
      LOG.atDebug().addKeyValue("pod", uid).log("pod abandoned");
    } finally {
      LOG.atDebug().addKeyValue("pod", uid).addKeyValue("over", over).log("pod thread ends");
      probers.values().forEach(list -> list.forEach(Prober::close));
      starters.values().forEach(Thread::interrupt);
      if (writer != null) {
        writer.close();
      }
    }
  }

  /**
   * What the API has of the pod. Whatever is told before, such as an exit, is seen by {@link
   * #adopt} too, which has to know the pod's object.
   */
  private Signal firstNews() throws InterruptedException {
    Signal signal = box.take();
    while (!(signal instanceof Signal.Changed || signal instanceof Signal.Gone)) {
      signal = box.take();
    }
    return signal;
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  /** Runs the step, again and again after a fault that is not the pod's. */
  private boolean await(Step step) throws InterruptedException {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        step.run();
        return true;
      } catch (IOException | RuntimeException e) {
        LOG.atError().addKeyValue("pod", uid).setCause(e).log("pod step failed, trying again");
        Thread.sleep(AFTER_FAULT);
      }
    }
    return false;
  }

  private void turn() throws IOException, InterruptedException {
    reconcile();
    publish();
    Signal signal = next();
    while (signal != null) {
      handle(signal);
      signal = box.poll();
    }
  }

  private @Nullable Signal next() throws InterruptedException {
    if (wakeAt == null) {
      return box.take();
    }
    long millis = Duration.between(parts.clock().instant(), wakeAt).toMillis();
    return box.poll(Math.max(0, millis) + 1, TimeUnit.MILLISECONDS);
  }

  // ---- signals

  private void handle(Signal signal) throws InterruptedException {
    switch (signal) {
      case Signal.Changed changed -> changed(changed.pod());
      case Signal.Gone g -> gone = true;
      case Signal.Refresh refresh -> refresh();
      case Signal.ExitSeen seen -> lives.values().stream().toList().forEach(this::checkExit);
      case Signal.StartDone done -> startDone(done);
      case Signal.StartFailed failed -> startFailed(failed);
      case Probed probed -> probed(probed);
      case Signal.Quiet quiet -> stopAll();
      case Signal.Stopped all -> stopped = true;
    }
  }

  private void changed(Pod now) {
    boolean first = pod == null;
    // A status that was written here comes back as a change; it is no reason to try again.
    boolean wanted = pod == null || !Pods.sameWish(pod, now);
    pod = now;
    if (first) {
      if (now.getStatus() != null) {
        conditions = Pods.list(now.getStatus().getConditions());
        if (now.getStatus().getStartTime() != null) {
          startTime = Instant.parse(now.getStatus().getStartTime());
        }
      }
      writer = new StatusWriter(parts.client(), now);
      for (Container container : Pods.containers(now)) {
        lives.put(
            container.getName(),
            ContainerLife.fresh(container.getName(), Pods.kind(now, container)));
      }
    }
    if (Pods.isDeleted(now) && Pods.graceSeconds(now) == 0) {
      hurry.complete(true);
    }
    if (wanted) {
      lives.replaceAll((name, life) -> life.retryNow());
    }
  }

  private void refresh() {
    volumesReady = false;
    lives.replaceAll((name, life) -> life.retryNow());
    if (pod != null && place != null && !ending) {
      try {
        volumes.refresh(downward());
      } catch (IOException | PodProblem e) {
        parts.events().warning(pod, "", "FailedMount", String.valueOf(e.getMessage()));
      }
    }
  }

  private void startDone(Signal.StartDone done) {
    Container container = Pods.container(requirePod(), done.container()).orElseThrow();
    starters.remove(done.container());
    Run run = done.started().run();
    exits.put(run.id(), new CompletableFuture<>());
    boolean started = container.getStartupProbe() == null;
    boolean ready = started && container.getReadinessProbe() == null;
    update(done.container(), life -> life.running(run, done.started().at(), started, ready));
    if (!ending) {
      probe(container, run, started, ready);
    }
    checkExit(life(done.container()));
  }

  private void startFailed(Signal.StartFailed failed) {
    starters.remove(failed.container());
    volumesReady = false;
    update(
        failed.container(),
        life ->
            life.failed(
                failed.reason(), failed.message(), parts.clock().instant(), failed.pauseMax()));
  }

  private void probed(Probed probed) {
    ContainerLife life = life(probed.container());
    boolean current =
        life.state() instanceof Running r && r.run().id().equals(probed.runId()) && !r.stopping();
    if (!current || ending) {
      return;
    }
    Container container = Pods.container(requirePod(), probed.container()).orElseThrow();
    switch (probed.kind()) {
      case READINESS -> update(probed.container(), l -> l.with(true, probed.good()));
      case STARTUP -> {
        if (probed.good()) {
          boolean ready = container.getReadinessProbe() == null;
          update(probed.container(), l -> l.with(true, ready));
          Running running = (Running) life.state();
          closeProbers(probed.container());
          probe(container, running.run(), true, ready);
        } else {
          restart(container, "failed startup probe", container.getStartupProbe());
        }
      }
      case LIVENESS -> {
        if (!probed.good()) {
          restart(container, "failed liveness probe", container.getLivenessProbe());
        }
      }
    }
  }

  private void restart(Container container, String why, Probe probe) {
    Pod now = requirePod();
    parts
        .events()
        .normal(
            now,
            container.getName(),
            "Killing",
            "Container %s %s, will be restarted".formatted(container.getName(), why));
    Long own = probe.getTerminationGracePeriodSeconds();
    stopOne(container, Duration.ofSeconds(own == null ? Pods.graceSeconds(now) : own));
  }

  /** Stops one container of a pod that goes on; its exit is seen like any other. */
  private void stopOne(Container container, Duration grace) {
    ContainerLife life = life(container.getName());
    closeProbers(container.getName());
    update(container.getName(), ContainerLife::stopping);
    publish();
    StatusWriter status = writer;
    PodEnd end = podEnd();
    Thread.ofVirtual()
        .name("stop-" + container.getName())
        .start(
            () -> {
              try {
                if (status != null) {
                  // Whoever routes to the pod has to see it unready before, or never sees it ready
                  // again.
                  status.flush(FLUSH_MAX);
                }
                end.stopForRestart(life, grace);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  // ---- deciding and doing

  private void reconcile() throws IOException, InterruptedException {
    wakeAt = null;
    if (pod == null && !gone) {
      return;
    }
    if (gone || Pods.isDeleted(requirePod())) {
      end();
      return;
    }
    if (isPastDeadline()) {
      return;
    }
    Pod now = requirePod();
    PodPlan plan = plan();
    if (plan.phase().isFinal()) {
      release();
      return;
    }
    wakeAt = earlier(wakeAt, plan.wakeAt());
    for (String name : plan.stop()) {
      Pods.container(now, name)
          .ifPresent(c -> stopOne(c, Duration.ofSeconds(Pods.graceSeconds(now))));
    }
    for (String name : plan.start()) {
      launch(Pods.container(now, name).orElseThrow());
    }
    if (!plan.start().isEmpty()) {
      wakeAt = earlier(wakeAt, plan().wakeAt());
    }
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isBefore(other) ? one : other;
  }

  private PodPlan plan() {
    return PodPlan.decide(policy(), List.copyOf(lives.values()), parts.clock().instant());
  }

  private RestartPolicy policy() {
    Pod now = pod;
    return now == null || !reason.isEmpty()
        ? RestartPolicy.NEVER
        : RestartPolicy.of(now.getSpec().getRestartPolicy());
  }

  /**
   * activeDeadlineSeconds: when it has passed all containers are stopped and the pod has failed.
   */
  private boolean isPastDeadline() {
    Pod now = requirePod();
    Long seconds = now.getSpec().getActiveDeadlineSeconds();
    if (seconds == null || plan().phase().isFinal()) {
      return false;
    }
    Instant deadline = startTime.plusSeconds(seconds);
    if (parts.clock().instant().isBefore(deadline)) {
      wakeAt = earlier(wakeAt, deadline);
      return false;
    }
    if (reason.isEmpty()) {
      reason = "DeadlineExceeded";
      message = "Pod was active on the node longer than the specified deadline";
      for (ContainerLife life : List.copyOf(lives.values())) {
        if (life.isRunning()) {
          Pods.container(now, life.name())
              .ifPresent(c -> stopOne(c, Duration.ofSeconds(Pods.graceSeconds(now))));
        }
      }
    }
    return lives.values().stream().anyMatch(l -> l.isRunning() || l.state() instanceof Starting);
  }

  private void launch(Container container) {
    Pod now = requirePod();
    String name = container.getName();
    try {
      prepareSandbox(now);
      prepareVolumes();
    } catch (PodProblem e) {
      parts
          .events()
          .warning(
              now,
              "",
              e.reason().equals(PodProblem.SANDBOX) ? "FailedCreatePodSandBox" : e.reason(),
              String.valueOf(e.getMessage()));
      update(
          name,
          life -> life.failed(e.reason(), String.valueOf(e.getMessage()), parts.clock().instant()));
      wakeAt = earlier(wakeAt, plan().wakeAt());
      return;
    }
    ContainerLife life = life(name);
    ContainerStarter.Order order =
        new ContainerStarter.Order(
            now,
            container,
            life.nextAttempt(),
            life.ends(),
            directory,
            requirePlace(),
            sandbox.cgroup(),
            downward());
    update(name, ContainerLife::starting);
    starters.put(name, Thread.ofVirtual().name("start-" + name).start(() -> startContainer(order)));
  }

  /** On a thread of its own. */
  private void startContainer(ContainerStarter.Order order) {
    String name = order.container().getName();
    try {
      ContainerStarter.Started started = parts.starter().start(order);
      postStart(order, started.run());
      tell(new Signal.StartDone(name, started));
    } catch (PodProblem e) {
      tell(new Signal.StartFailed(name, e.reason(), String.valueOf(e.getMessage()), e.pauseMax()));
    } catch (InterruptedException e) {
      tell(
          new Signal.StartFailed(
              name, PodProblem.CREATE, "the pod ended while it was started", Backoff.MAX));
    } catch (RuntimeException e) {
      LOG.atError().addKeyValue("container", name).setCause(e).log("container start failed");
      tell(
          new Signal.StartFailed(
              name, PodProblem.CREATE, String.valueOf(e.getMessage()), Backoff.MAX));
    }
  }

  /** Holds back the news of the start, as Kubernetes does; a failure kills the container. */
  private void postStart(ContainerStarter.Order order, Run run) {
    Container container = order.container();
    if (container.getLifecycle() == null || container.getLifecycle().getPostStart() == null) {
      return;
    }
    try {
      Handlers.Result result =
          new Handlers(parts.runtime(), order.place().ip())
              .hook(container.getLifecycle().getPostStart(), container, run.id(), POST_START_MAX);
      if (!result.success()) {
        parts
            .events()
            .warning(
                order.pod(),
                container.getName(),
                "FailedPostStartHook",
                "PostStartHook failed: " + result.message());
        parts.starter().kill(order, run);
      }
    } catch (InterruptedException e) {
      // The pod ends: its container runs and has to be stopped like any other.
      LOG.atDebug().addKeyValue("container", container.getName()).log("postStart cut short");
    }
  }

  private void prepareSandbox(Pod now) {
    if (place != null) {
      return;
    }
    try {
      directory.write(
          new Identity(
              uid,
              now.getMetadata().getNamespace(),
              now.getMetadata().getName(),
              parts.machine().bootId(),
              Pods.graceSeconds(now)));
      place = sandbox.make(now, parts.machine().address());
    } catch (IOException | LinuxException | NetworkException e) {
      throw new PodProblem(
          PodProblem.SANDBOX, "Failed to create pod sandbox: " + String.valueOf(e.getMessage()), e);
    }
  }

  private void prepareVolumes() {
    if (!volumesReady) {
      volumes.prepare(downward());
      volumesReady = true;
    }
  }

  private DownwardApi downward() {
    Sandbox.Place at = place;
    return new DownwardApi(
        requirePod(),
        parts.machine().address(),
        at == null ? null : at.ip(),
        parts.machine().cores(),
        parts.machine().memory());
  }

  private void probe(Container container, Run run, boolean started, boolean ready) {
    List<Prober> list = probers.computeIfAbsent(container.getName(), n -> new ArrayList<>());
    if (!started) {
      add(list, container, run, ProbeKind.STARTUP, container.getStartupProbe(), false);
    } else {
      add(list, container, run, ProbeKind.READINESS, container.getReadinessProbe(), ready);
      add(list, container, run, ProbeKind.LIVENESS, container.getLivenessProbe(), true);
    }
  }

  private void add(
      List<Prober> list,
      Container container,
      Run run,
      ProbeKind kind,
      @Nullable Probe probe,
      boolean good) {
    if (probe != null) {
      Handlers handlers = new Handlers(parts.runtime(), requirePlace().ip());
      Prober prober =
          new Prober(
              requirePod(),
              container,
              run.id(),
              kind,
              probe,
              handlers,
              parts.events(),
              good,
              this::tell);
      list.add(prober);
      prober.start();
    }
  }

  private void closeProbers(String container) {
    List<Prober> list = probers.remove(container);
    if (list != null) {
      list.forEach(Prober::close);
    }
  }

  // ---- exits

  private void checkExit(ContainerLife life) {
    if (!(life.state() instanceof Running running)) {
      return;
    }
    Run run = running.run();
    try {
      switch (ends.state(life.name(), run)) {
        case State.Exited exited -> {
          Container container =
              pod == null ? null : Pods.container(requirePod(), life.name()).orElse(null);
          ended(
              life,
              ends.note(
                  life.name(),
                  container,
                  run,
                  life.ends(),
                  running.startedAt(),
                  exited.exitCode(),
                  exited.finishedAt()));
        }
        case State.Vanished vanished -> lost(life, running);
        case State.Created created -> {}
        case State.Running stillRunning -> {}
      }
    } catch (IOException e) {
      throw new NodeException(
          "NODE_STATE", "Tried to see how container " + life.name() + " ended: " + e, e);
    }
  }

  private void lost(ContainerLife life, Running running) throws IOException {
    ended(
        life,
        ends.noteUnknown(
            life.name(),
            running.run(),
            life.ends(),
            running.startedAt(),
            parts.clock().instant(),
            "The container was lost together with its monitor"));
  }

  private void ended(ContainerLife life, Ended how) {
    closeProbers(life.name());
    update(life.name(), l -> l.ended(how));
    CompletableFuture<Boolean> waiting = exits.remove(how.run().id());
    if (waiting != null) {
      waiting.complete(true);
    }
    removers.removeIf(thread -> !thread.isAlive());
    removers.add(
        Thread.ofVirtual()
            .name("remove-" + life.name())
            .start(() -> ends.remove(life.name(), how.run())));
  }

  // ---- the end

  private PodEnd podEnd() {
    Pod now = pod;
    boolean ownAddress = place != null && (now == null || !Pods.hostNetwork(now));
    return new PodEnd(
        parts,
        now,
        uid,
        ownAddress ? requirePlace().ip() : "",
        directory,
        ends,
        List.copyOf(lives.values()),
        exits,
        hurry);
  }

  /** The first call lets starts in progress end, which is answered by {@link Signal.Quiet}. */
  private void end() {
    if (ending) {
      return;
    }
    ending = true;
    List<Thread> starting = List.copyOf(starters.values());
    starting.forEach(Thread::interrupt);
    List.copyOf(probers.keySet()).forEach(this::closeProbers);
    Thread.ofVirtual()
        .name("quiet-" + uid)
        .start(
            () -> {
              try {
                for (Thread starter : starting) {
                  starter.join();
                }
                tell(new Signal.Quiet());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void stopAll() {
    Duration grace =
        Duration.ofSeconds(pod == null ? graceOfRecord : Pods.graceSeconds(requirePod()));
    PodEnd end = podEnd();
    Thread.ofVirtual()
        .name("end-" + uid)
        .start(
            () -> {
              try {
                end.stopAll(grace);
                tell(new Signal.Stopped());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /**
   * Removes all that the pod has, its object in the API included. Each step can be done again, and
   * the directory goes last, so a death of this process in here is made good by the next.
   */
  private void finish() throws IOException, InterruptedException {
    publish();
    if (writer != null) {
      writer.flush(FLUSH_MAX);
    }
    release();
    if (!gone) {
      deleteObject();
    }
    Path root = directory.root();
    if (Files.isDirectory(root)) {
      if (!Mounts.below(root).isEmpty()) {
        throw new IOException("mounts are left below " + root);
      }
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
        for (Path entry : entries) {
          if (!entry.endsWith("pod.json")) {
            FileTrees.delete(entry);
          }
        }
      }
      FileTrees.delete(root);
    }
    over = true;
  }

  /** Removes containers, mounts, control groups and network, but neither records nor logs. */
  private void release() throws IOException, InterruptedException {
    if (released) {
      return;
    }
    for (Thread remover : removers) {
      remover.join();
    }
    ends.removeAll();
    sandbox.clear();
    sandbox.detach();
    place = null;
    released = true;
  }

  private void deleteObject() {
    Pod now = requirePod();
    var resource =
        parts
            .client()
            .pods()
            .inNamespace(now.getMetadata().getNamespace())
            .withName(now.getMetadata().getName());
    Pod last = resource.get();
    if (last != null && last.getMetadata().getUid().equals(uid)) {
      resource.withGracePeriod(0).delete();
    }
  }

  // ---- small things

  /** Takes over what an earlier process has left; without anything on disk it does nothing. */
  private void adopt() throws IOException, InterruptedException {
    Optional<Identity> identity = directory.identity();
    if (identity.isEmpty()) {
      return;
    }
    graceOfRecord = identity.get().graceSeconds();
    boolean sameBoot = identity.get().bootId().equals(parts.machine().bootId());
    Map<String, ContainerLife> found =
        new PodAdoption(parts, directory, ends, sandbox.cgroup(), pod, sameBoot).lives();
    // In the pod's order: init containers first.
    lives.replaceAll((name, life) -> found.getOrDefault(name, life));
    found.forEach(lives::putIfAbsent);
    if (lives.values().stream().noneMatch(ContainerLife::isRunning)) {
      sandbox.clear();
      return;
    }
    if (pod == null) {
      PodAddress address = parts.network().attached().get(uid);
      place = address == null ? null : new Sandbox.Place(address.netns(), address.ip(), null, null);
    } else {
      place = sandbox.network(requirePod(), parts.machine().address());
      volumesReady = true;
    }
    for (ContainerLife life : List.copyOf(lives.values())) {
      if (life.state() instanceof Running running) {
        exits.put(running.run().id(), new CompletableFuture<>());
        if (pod != null && !Pods.isDeleted(requirePod())) {
          Pods.container(requirePod(), life.name())
              .ifPresent(c -> probe(c, running.run(), running.started(), running.ready()));
        }
      }
    }
  }

  private void publish() {
    published = Map.copyOf(lives);
    Pod now = pod;
    if (now == null || writer == null || gone) {
      return;
    }
    PodStatus status =
        PodStatuses.of(
            new PodStatuses.View(
                now,
                List.copyOf(lives.values()),
                policy(),
                plan(),
                parts.machine().address(),
                place == null ? null : place.ip(),
                startTime,
                ending,
                reason,
                message,
                conditions,
                parts.clock().instant()));
    conditions = status.getConditions();
    writer.write(status);
  }

  private ContainerLife life(String name) {
    return Objects.requireNonNull(lives.get(name), name);
  }

  private void update(String name, UnaryOperator<ContainerLife> change) {
    lives.computeIfPresent(name, (n, life) -> change.apply(life));
  }

  private Pod requirePod() {
    return Objects.requireNonNull(pod, "the pod's object has not been seen");
  }

  private Sandbox.Place requirePlace() {
    return Objects.requireNonNull(place, "the pod has no sandbox");
  }
}
