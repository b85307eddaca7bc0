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
  private final boolean manifestRepository;
  private final Set<String> pipelines;
  private final Steps steps;

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
    this.manifestRepository = manifestRepository;
    this.pipelines = Set.copyOf(pipelines);
    this.steps = new Steps(spec.pushedAt(), delivery.getStatus(), now);
  }

  DeliveryStatus status() {
    steps.step(
        StepName.PUSH,
        State.DONE,
        spec.pushedAt(),
        spec.pushedAt(),
        "to " + spec.branch(),
        null,
        null);
    if (manifestRepository) {
      steps.step(StepName.PIPELINE, State.SKIPPED, null, null, "a manifest repository", null, null);
      steps.step(StepName.IMAGE, State.SKIPPED, null, null, "a manifest repository", null, null);
      steps.step(
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
        return steps.whole(
            Phase.NOTHING_TO_DO, "the commit is no longer in the repository's status");
      }
      return afterManifest(new ManifestCommit(spec.repository(), own.get()), Set.of());
    }
    Map<String, PipelineRun> runs = world.runs(spec);
    if (pipelines.isEmpty() && runs.isEmpty()) {
      steps.skipFrom(StepName.PIPELINE, "");
      return steps.whole(Phase.NOTHING_TO_DO, "no pipeline is started by what changed");
    }
    boolean finished = pipeline(runs);
    List<PipelineRunStatus.Image> images = image(runs, finished);
    if (steps.isFailed(StepName.PIPELINE) || steps.isFailed(StepName.IMAGE)) {
      steps.waitFrom(StepName.MANIFEST, "");
      return steps.whole(Phase.FAILED, "");
    }
    Optional<ManifestCommit> manifest = world.manifestCommit(spec);
    if (!finished) {
      steps.step(
          StepName.MANIFEST,
          State.WAITING,
          null,
          null,
          "waits for the pipeline to set the image in the manifests",
          null,
          null);
      steps.waitFrom(StepName.SYNC, "");
      return steps.whole(Phase.RUNNING, "");
    }
    if (manifest.isEmpty()) {
      steps.skipFrom(StepName.MANIFEST, "");
      return steps.whole(
          Phase.NOTHING_TO_DO,
          images.isEmpty()
              ? "the pipeline ended without an image and changed no manifest"
              : "the pipeline ended and changed no manifest: the manifests say so already, or it"
                  + " sets none");
    }
    ManifestCommit commit = manifest.get();
    steps.step(
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
    return afterManifest(commit, Rollout.imageNames(images));
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
          steps.step(
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
      steps.step(
          StepName.PIPELINE, State.DONE, started, finished, String.join(", ", all), null, refs);
      return true;
    }
    steps.step(
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
    boolean pipelineFailed = steps.isFailed(StepName.PIPELINE);
    if (failed.isPresent() && pipelineFailed) {
      Step pipeline = steps.get(StepName.PIPELINE);
      String why = failed.get().message();
      steps.step(
          StepName.IMAGE,
          State.FAILED,
          started,
          ended,
          "image %s could not be built%s"
              .formatted(failed.get().image(), why == null || why.isBlank() ? "" : ": " + why),
          pipeline.logTail(),
          refs);
    } else if (pipelineFailed) {
      steps.step(StepName.IMAGE, State.WAITING, started, null, "", null, refs);
    } else if (images.isEmpty()) {
      if (finished) {
        steps.step(
            StepName.IMAGE, State.SKIPPED, null, null, "the pipeline built no image", null, null);
      } else {
        steps.step(StepName.IMAGE, State.WAITING, null, null, "waits for the pipeline", null, null);
      }
    } else if (finished || images.stream().allMatch(i -> i.state().equals("Pushed"))) {
      steps.step(StepName.IMAGE, State.DONE, started, ended, String.join(", ", refs), null, refs);
    } else {
      String what =
          images.stream()
              .filter(i -> !i.state().equals("Pushed"))
              .map(i -> i.image() + " is " + (i.state().equals("Built") ? "built" : "being built"))
              .collect(Collectors.joining(", "));
      steps.step(StepName.IMAGE, State.RUNNING, started, null, what, null, refs);
    }
    return images;
  }

  // -- sync, rollout, live

  private DeliveryStatus afterManifest(ManifestCommit manifest, Set<String> images) {
    List<Application> apps = world.applicationsOf(manifest.repository());
    if (apps.isEmpty()) {
      steps.step(
          StepName.SYNC,
          State.WAITING,
          null,
          null,
          "waits for an Application whose source is repository '" + manifest.repository() + "'",
          null,
          null);
      steps.waitFrom(StepName.ROLLOUT, "");
      return steps.whole(Phase.RUNNING, "");
    }
    if (!sync(manifest, apps)) {
      steps.waitFrom(StepName.ROLLOUT, "");
      return steps.whole(steps.isFailed(StepName.SYNC) ? Phase.FAILED : Phase.RUNNING, "");
    }
    List<Workload> workloads = workloads(apps, images);
    Optional<String> missing = missing(apps);
    if (workloads.isEmpty() && missing.isPresent()) {
      steps.step(
          StepName.ROLLOUT,
          State.RUNNING,
          steps.time(StepName.SYNC, true),
          null,
          missing.get() + " is not in the cluster",
          null,
          List.of(missing.get()));
      steps.waitFrom(StepName.LIVE, "");
      return steps.whole(Phase.RUNNING, "");
    }
    if (workloads.isEmpty() && !images.isEmpty()) {
      steps.skipFrom(StepName.ROLLOUT, "");
      return steps.whole(
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
    String synced = steps.time(StepName.SYNC, true);
    String subject = workloads.stream().map(Workload::name).collect(Collectors.joining(", "));
    steps.step(
        StepName.ROLLOUT,
        rolled.state(),
        synced,
        rolled.state() == State.RUNNING ? null : steps.kept(StepName.ROLLOUT, rolled.state()),
        rolled.state() == State.DONE ? subject : rolled.message(),
        rolled.logTail(),
        refs);
    if (rolled.state() != State.DONE) {
      steps.waitFrom(StepName.LIVE, "");
      return steps.whole(rolled.state() == State.FAILED ? Phase.FAILED : Phase.RUNNING, "");
    }
    Seen live = worst(workloads.stream().map(Workload::live).toList());
    steps.step(
        StepName.LIVE,
        live.state(),
        steps.time(StepName.ROLLOUT, true),
        live.state() == State.RUNNING ? null : steps.kept(StepName.LIVE, live.state()),
        live.state() == State.DONE ? "serves alone" : live.message(),
        null,
        refs);
    return steps.whole(live.state() == State.DONE ? Phase.LIVE : Phase.RUNNING, "");
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
        steps.step(
            StepName.SYNC,
            State.FAILED,
            started,
            status.operationState() == null || status.operationState().finishedAt() == null
                ? steps.kept(StepName.SYNC, State.FAILED)
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
      steps.step(
          StepName.SYNC, State.RUNNING, started, null, String.join("; ", waiting), null, refs);
      return false;
    }
    steps.step(
        StepName.SYNC,
        State.DONE,
        started,
        finished == null ? steps.kept(StepName.SYNC, State.DONE) : finished,
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

  private static @Nullable String earlier(@Nullable String a, @Nullable String b) {
    return a == null ? b : b == null || a.compareTo(b) <= 0 ? a : b;
  }

  private static @Nullable String later(@Nullable String a, @Nullable String b) {
    return a == null ? b : b == null || a.compareTo(b) >= 0 ? a : b;
  }
}
