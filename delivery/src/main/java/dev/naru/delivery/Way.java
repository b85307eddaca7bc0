package dev.naru.delivery;

import dev.naru.delivery.DeliveryStatus.Phase;
import dev.naru.delivery.DeliveryStatus.State;
import dev.naru.delivery.DeliveryStatus.Step;
import dev.naru.delivery.DeliveryStatus.StepName;
import dev.naru.delivery.Rollout.Seen;
import dev.naru.delivery.World.ManifestCommit;
import dev.naru.git.RepositoryStatus;
import dev.naru.gitops.Application;
import dev.naru.gitops.ApplicationStatus;
import dev.naru.pipeline.PipelineRun;
import dev.naru.pipeline.PipelineRunStatus;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where one commit is, from the resources alone: the same resources give the same status,
 * whatever was seen before. Only the times of what no resource dates are kept from the status
 * written last.
 */
final class Way {
  private final World world;
  private final DeliverySpec spec;
  private final @Nullable DeliveryStatus last;
  private final boolean manifestRepository;
  private final Set<String> pipelines;
  private final String now;
  private final Map<StepName, Step> steps = new EnumMap<>(StepName.class);

  /**
   * @param pipelines that the push starts
   */
  Way(
      World world,
      Delivery delivery,
      boolean manifestRepository,
      Set<String> pipelines,
      Instant now) {
    this.world = world;
    this.spec = delivery.getSpec();
    this.last = delivery.getStatus();
    this.manifestRepository = manifestRepository;
    this.pipelines = Set.copyOf(pipelines);
    this.now = Times.text(now);
  }

  DeliveryStatus status() {
    step(
        StepName.PUSH,
        State.DONE,
        spec.pushedAt(),
        spec.pushedAt(),
        "to " + spec.branch(),
        null,
        null);
    if (manifestRepository) {
      step(StepName.PIPELINE, State.SKIPPED, null, null, "a manifest repository", null, null);
      step(StepName.IMAGE, State.SKIPPED, null, null, "a manifest repository", null, null);
      step(
          StepName.MANIFEST,
          State.DONE,
          spec.pushedAt(),
          spec.pushedAt(),
          "this commit",
          null,
          List.of(spec.repository() + "@" + spec.shortCommit()));
      Optional<RepositoryStatus.Commit> own =
          world
              .repository(spec.repository())
              .map(r -> r.getStatus())
              .flatMap(s -> s.commit(spec.commit()));
      if (own.isEmpty()) {
        return whole(Phase.NOTHING_TO_DO, "the commit is no longer in the repository's status");
      }
      return afterManifest(new ManifestCommit(spec.repository(), own.get()), Set.of());
    }
    Map<String, PipelineRun> runs = world.runs(spec);
    if (pipelines.isEmpty() && runs.isEmpty()) {
      skipFrom(StepName.PIPELINE, "");
      return whole(Phase.NOTHING_TO_DO, "no pipeline is started by what changed");
    }
    boolean finished = pipeline(runs);
    List<PipelineRunStatus.Image> images = image(runs, finished);
    if (isFailed(StepName.PIPELINE) || isFailed(StepName.IMAGE)) {
      waitFrom(StepName.MANIFEST, "");
      return whole(Phase.FAILED, "");
    }
    Optional<ManifestCommit> manifest = world.manifestCommit(spec);
    if (!finished) {
      step(
          StepName.MANIFEST,
          State.WAITING,
          null,
          null,
          "waits for the pipeline to set the image in the manifests",
          null,
          null);
      waitFrom(StepName.SYNC, "");
      return whole(Phase.RUNNING, "");
    }
    if (manifest.isEmpty()) {
      skipFrom(StepName.MANIFEST, "");
      return whole(
          Phase.NOTHING_TO_DO,
          images.isEmpty()
              ? "the pipeline ended without an image and changed no manifest"
              : "the pipeline ended and changed no manifest: the manifests say so already, or it"
                  + " sets none");
    }
    ManifestCommit commit = manifest.get();
    step(
        StepName.MANIFEST,
        State.DONE,
        images.stream()
            .map(PipelineRunStatus.Image::pushedAt)
            .filter(Objects::nonNull)
            .max(String::compareTo)
            .filter(t -> t.compareTo(commit.commit().pushedAt()) < 0)
            .orElse(commit.commit().pushedAt()),
        commit.commit().pushedAt(),
        commit.commit().subject(),
        null,
        List.of(commit.ref()));
    return afterManifest(commit, names(images));
  }

  // -- pipeline and image

  /** True when every run has ended well. */
  private boolean pipeline(Map<String, PipelineRun> runs) {
    List<String> refs =
        runs.values().stream().map(r -> "PipelineRun/" + r.getMetadata().getName()).toList();
    List<String> waiting = new ArrayList<>();
    Set<String> all = new LinkedHashSet<>(pipelines);
    all.addAll(runs.keySet());
    String started = null;
    String finished = null;
    boolean running = false;
    for (String name : all) {
      PipelineRun run = runs.get(name);
      PipelineRunStatus status = run == null ? null : run.getStatus();
      String phase = status == null || status.phase() == null ? "Pending" : status.phase();
      started = earlier(started, status == null ? null : status.startedAt());
      finished = later(finished, status == null ? null : status.finishedAt());
      switch (phase) {
        case "Succeeded", "Unstable" -> {
          // Done.
        }
        case "Failed", "Aborted" -> {
          step(
              StepName.PIPELINE,
              State.FAILED,
              started,
              finished,
              failure(name, phase, Objects.requireNonNull(status)),
              status.logTail(),
              refs);
          return false;
        }
        default -> {
          running |= phase.equals("Running");
          waiting.add(name + ": " + progress(status));
        }
      }
    }
    if (waiting.isEmpty()) {
      step(StepName.PIPELINE, State.DONE, started, finished, String.join(", ", all), null, refs);
      return true;
    }
    step(
        StepName.PIPELINE,
        running || started != null ? State.RUNNING : State.WAITING,
        started,
        null,
        String.join("; ", waiting),
        null,
        refs);
    return false;
  }

  private static String failure(String name, String phase, PipelineRunStatus status) {
    String stage = status.failedStage() == null ? "" : " in stage '" + status.failedStage() + "'";
    String why =
        status.message() == null || status.message().isBlank() ? "" : ": " + status.message();
    return "pipeline %s %s%s%s"
        .formatted(name, phase.equals("Aborted") ? "was aborted" : "failed", stage, why);
  }

  private static String progress(@Nullable PipelineRunStatus status) {
    if (status == null) {
      return "waits to be started";
    }
    List<PipelineRunStatus.Stage> stages = status.stages() == null ? List.of() : status.stages();
    String now =
        stages.stream()
            .filter(s -> s.state().equals("Running"))
            .map(PipelineRunStatus.Stage::name)
            .collect(Collectors.joining(", "));
    if (!now.isEmpty()) {
      return "stage " + now;
    }
    return status.message() == null || status.message().isBlank()
        ? "waits for its agent"
        : status.message();
  }

  private List<PipelineRunStatus.Image> image(Map<String, PipelineRun> runs, boolean finished) {
    List<PipelineRunStatus.Image> images = new ArrayList<>();
    for (PipelineRun run : runs.values()) {
      if (run.getStatus() != null && run.getStatus().images() != null) {
        images.addAll(run.getStatus().images());
      }
    }
    List<String> refs = images.stream().map(PipelineRunStatus.Image::image).distinct().toList();
    String started = null;
    String ended = null;
    for (PipelineRunStatus.Image image : images) {
      started = earlier(started, image.startedAt());
      ended = later(ended, later(image.finishedAt(), image.pushedAt()));
    }
    Optional<PipelineRunStatus.Image> failed =
        images.stream().filter(i -> i.state().equals("Failed")).findFirst();
    boolean pipelineFailed = isFailed(StepName.PIPELINE);
    if (failed.isPresent() && pipelineFailed) {
      Step pipeline = Objects.requireNonNull(steps.get(StepName.PIPELINE));
      String why = failed.get().message();
      step(
          StepName.IMAGE,
          State.FAILED,
          started,
          ended,
          "image %s could not be built%s"
              .formatted(failed.get().image(), why == null || why.isBlank() ? "" : ": " + why),
          pipeline.logTail(),
          refs);
    } else if (pipelineFailed) {
      step(StepName.IMAGE, State.WAITING, started, null, "", null, refs);
    } else if (images.isEmpty()) {
      if (finished) {
        step(StepName.IMAGE, State.SKIPPED, null, null, "the pipeline built no image", null, null);
      } else {
        step(StepName.IMAGE, State.WAITING, null, null, "waits for the pipeline", null, null);
      }
    } else if (finished || images.stream().allMatch(i -> i.state().equals("Pushed"))) {
      step(StepName.IMAGE, State.DONE, started, ended, String.join(", ", refs), null, refs);
    } else {
      String what =
          images.stream()
              .filter(i -> !i.state().equals("Pushed"))
              .map(i -> i.image() + " is " + (i.state().equals("Built") ? "built" : "being built"))
              .collect(Collectors.joining(", "));
      step(StepName.IMAGE, State.RUNNING, started, null, what, null, refs);
    }
    return images;
  }

  /** Every way in which a manifest can name the images. */
  private static Set<String> names(List<PipelineRunStatus.Image> images) {
    Set<String> names = new LinkedHashSet<>();
    for (PipelineRunStatus.Image image : images) {
      names.add(image.image());
      if (image.digest() != null) {
        int colon = image.image().lastIndexOf(':');
        String plain =
            colon > image.image().lastIndexOf('/')
                ? image.image().substring(0, colon)
                : image.image();
        names.add(image.image() + "@" + image.digest());
        names.add(plain + "@" + image.digest());
      }
    }
    return names;
  }

  // -- sync, rollout, live

  private DeliveryStatus afterManifest(ManifestCommit manifest, Set<String> images) {
    List<Application> apps = world.applicationsOf(manifest.repository());
    if (apps.isEmpty()) {
      step(
          StepName.SYNC,
          State.WAITING,
          null,
          null,
          "waits for an Application whose source is repository '" + manifest.repository() + "'",
          null,
          null);
      waitFrom(StepName.ROLLOUT, "");
      return whole(Phase.RUNNING, "");
    }
    if (!sync(manifest, apps)) {
      waitFrom(StepName.ROLLOUT, "");
      return whole(isFailed(StepName.SYNC) ? Phase.FAILED : Phase.RUNNING, "");
    }
    List<Workload> workloads = workloads(apps, images);
    Optional<String> missing = missing(apps);
    if (workloads.isEmpty() && missing.isPresent()) {
      step(
          StepName.ROLLOUT,
          State.RUNNING,
          time(StepName.SYNC, true),
          null,
          missing.get() + " is not in the cluster",
          null,
          List.of(missing.get()));
      waitFrom(StepName.LIVE, "");
      return whole(Phase.RUNNING, "");
    }
    if (workloads.isEmpty() && !images.isEmpty()) {
      skipFrom(StepName.ROLLOUT, "");
      return whole(
          Phase.NOTHING_TO_DO,
          "it is synced, but no Deployment or StatefulSet of %s runs %s"
              .formatted(
                  apps.stream()
                      .map(a -> "Application " + a.getMetadata().getName())
                      .collect(Collectors.joining(", ")),
                  String.join(", ", images)));
    }
    List<String> refs = workloads.stream().map(Workload::ref).toList();
    Seen rolled = worst(workloads.stream().map(Workload::rolled).toList());
    String synced = time(StepName.SYNC, true);
    String subject = workloads.stream().map(Workload::name).collect(Collectors.joining(", "));
    step(
        StepName.ROLLOUT,
        rolled.state(),
        synced,
        rolled.state() == State.RUNNING ? null : kept(StepName.ROLLOUT, rolled.state()),
        rolled.state() == State.DONE ? subject : rolled.message(),
        rolled.logTail(),
        refs);
    if (rolled.state() != State.DONE) {
      waitFrom(StepName.LIVE, "");
      return whole(rolled.state() == State.FAILED ? Phase.FAILED : Phase.RUNNING, "");
    }
    Seen live = worst(workloads.stream().map(Workload::live).toList());
    step(
        StepName.LIVE,
        live.state(),
        time(StepName.ROLLOUT, true),
        live.state() == State.RUNNING ? null : kept(StepName.LIVE, live.state()),
        live.state() == State.DONE ? "serves alone" : live.message(),
        null,
        refs);
    return whole(live.state() == State.DONE ? Phase.LIVE : Phase.RUNNING, "");
  }

  private boolean sync(ManifestCommit manifest, List<Application> apps) {
    List<String> refs = apps.stream().map(a -> "Application/" + a.getMetadata().getName()).toList();
    String started = manifest.commit().pushedAt();
    String finished = null;
    List<String> waiting = new ArrayList<>();
    for (Application app : apps) {
      String name = app.getMetadata().getName();
      ApplicationStatus status = app.getStatus();
      if (status == null
          || !world.contains(manifest.repository(), status.syncRevision(), manifest.commit())) {
        waiting.add("Application " + name + " has not seen the commit yet");
        continue;
      }
      boolean ours =
          world.contains(manifest.repository(), status.operationRevision(), manifest.commit());
      if (ours && status.operationPhase().equals("Failed")) {
        step(
            StepName.SYNC,
            State.FAILED,
            started,
            status.operationState() == null || status.operationState().finishedAt() == null
                ? kept(StepName.SYNC, State.FAILED)
                : status.operationState().finishedAt(),
            "Application %s: %s".formatted(name, status.operationMessage()),
            null,
            refs);
        return false;
      }
      if (status.syncStatus().equals("Unknown")) {
        waiting.add(
            "Application %s: %s"
                .formatted(
                    name,
                    status.conditions().isEmpty()
                        ? "cannot be compared"
                        : status.conditions().getFirst().message()));
      } else if (!status.syncStatus().equals("Synced")) {
        waiting.add(
            "Application %s: %s"
                .formatted(
                    name,
                    ours && status.operationPhase().equals("Running")
                        ? status.operationMessage()
                        : "out of sync, waits for a sync"));
      } else if (ours && status.operationState() != null) {
        finished = later(finished, status.operationState().finishedAt());
      }
    }
    if (!waiting.isEmpty()) {
      step(StepName.SYNC, State.RUNNING, started, null, String.join("; ", waiting), null, refs);
      return false;
    }
    step(
        StepName.SYNC,
        State.DONE,
        started,
        finished == null ? kept(StepName.SYNC, State.DONE) : finished,
        apps.stream().map(a -> a.getMetadata().getName()).collect(Collectors.joining(", ")),
        null,
        refs);
    return true;
  }

  /** A workload that this commit changes. */
  private record Workload(String ref, String name, Seen rolled, Seen live) {}

  private List<Workload> workloads(List<Application> apps, Set<String> images) {
    List<Workload> matching = new ArrayList<>();
    for (Application app : apps) {
      ApplicationStatus status = app.getStatus();
      for (ApplicationStatus.Resource r :
          status == null ? List.<ApplicationStatus.Resource>of() : status.resources()) {
        if (r.namespace() == null || !"apps".equals(r.group())) {
          continue;
        }
        World.Namespace namespace = world.namespace(r.namespace());
        String ref = "%s/%s/%s".formatted(r.kind(), r.namespace(), r.name());
        if (r.kind().equals("Deployment")) {
          namespace
              .deployment(r.name())
              .filter(d -> isMeant(d.getSpec().getTemplate(), images))
              .ifPresent(
                  d ->
                      matching.add(
                          new Workload(
                              ref,
                              r.name(),
                              Rollout.rolled(namespace, d),
                              Rollout.live(namespace, d))));
        } else if (r.kind().equals("StatefulSet")) {
          namespace
              .statefulSet(r.name())
              .filter(s -> isMeant(s.getSpec().getTemplate(), images))
              .ifPresent(
                  s ->
                      matching.add(
                          new Workload(
                              ref,
                              r.name(),
                              Rollout.rolled(namespace, s),
                              Rollout.live(namespace, s))));
        }
      }
    }
    return matching;
  }

  /** A workload that an Application has, by its own word, and that is not there. */
  private Optional<String> missing(List<Application> apps) {
    for (Application app : apps) {
      ApplicationStatus status = app.getStatus();
      for (ApplicationStatus.Resource r :
          status == null ? List.<ApplicationStatus.Resource>of() : status.resources()) {
        if (r.namespace() != null && "apps".equals(r.group())) {
          World.Namespace namespace = world.namespace(r.namespace());
          boolean there =
              switch (r.kind()) {
                case "Deployment" -> namespace.deployment(r.name()).isPresent();
                case "StatefulSet" -> namespace.statefulSet(r.name()).isPresent();
                default -> true;
              };
          if (!there) {
            return Optional.of("%s/%s/%s".formatted(r.kind(), r.namespace(), r.name()));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** A commit made by a person may change every workload. */
  private static boolean isMeant(@Nullable PodTemplateSpec template, Set<String> images) {
    return images.isEmpty() || Rollout.usesAny(template, images);
  }

  private static Seen worst(List<Seen> all) {
    Optional<Seen> failed = all.stream().filter(s -> s.state() == State.FAILED).findFirst();
    Optional<Seen> running = all.stream().filter(s -> s.state() == State.RUNNING).findFirst();
    return failed.or(() -> running).orElse(Seen.done());
  }

  // -- steps and the whole

  private void step(
      StepName name,
      State state,
      @Nullable String startedAt,
      @Nullable String finishedAt,
      @Nullable String message,
      @Nullable List<String> logTail,
      @Nullable List<String> refs) {
    steps.put(name, new Step(name, state, startedAt, finishedAt, message, logTail, refs));
  }

  private void waitFrom(StepName from, String message) {
    rest(from, State.WAITING, message);
  }

  private void skipFrom(StepName from, String message) {
    rest(from, State.SKIPPED, message);
  }

  private void rest(StepName from, State state, String message) {
    for (StepName name : StepName.values()) {
      if (name.compareTo(from) >= 0) {
        step(name, state, null, null, message, null, null);
      }
    }
  }

  private boolean isFailed(StepName name) {
    Step step = steps.get(name);
    return step != null && step.state() == State.FAILED;
  }

  private @Nullable String time(StepName name, boolean end) {
    Step step = steps.get(name);
    return step == null ? null : end ? step.finishedAt() : step.startedAt();
  }

  /** When the step was first seen in this state: no resource says it. */
  private String kept(StepName name, State state) {
    if (last != null) {
      for (Step step : last.steps()) {
        if (step.name() == name && step.state() == state && step.finishedAt() != null) {
          return step.finishedAt();
        }
      }
    }
    return now;
  }

  /**
   * @param message empty takes the sentence of the step that decides
   */
  private DeliveryStatus whole(Phase phase, String message) {
    List<Step> all = List.copyOf(steps.values());
    String sentence = message;
    if (sentence.isEmpty() && phase == Phase.FAILED) {
      sentence =
          all.stream()
              .filter(s -> s.state() == State.FAILED)
              .reduce((first, second) -> second)
              .map(Step::message)
              .orElse("");
    } else if (sentence.isEmpty() && phase == Phase.RUNNING) {
      sentence =
          all.stream()
              .filter(s -> !DeliveryStatus.isPast(s.state()))
              .findFirst()
              .map(s -> s.name().text() + (s.message().isEmpty() ? "" : ": " + s.message()))
              .orElse("");
    }
    String finishedAt = null;
    if (phase != Phase.RUNNING) {
      finishedAt =
          all.stream()
              .map(Step::finishedAt)
              .filter(Objects::nonNull)
              .max(String::compareTo)
              .orElse(now);
    }
    return new DeliveryStatus(phase, sentence, spec.pushedAt(), finishedAt, all);
  }

  private static @Nullable String earlier(@Nullable String a, @Nullable String b) {
    return a == null ? b : b == null || a.compareTo(b) <= 0 ? a : b;
  }

  private static @Nullable String later(@Nullable String a, @Nullable String b) {
    return a == null ? b : b == null || a.compareTo(b) >= 0 ? a : b;
  }
}
