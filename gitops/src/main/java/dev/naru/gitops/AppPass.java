package dev.naru.gitops;

import dev.naru.base.NaruException;
import dev.naru.base.Times;
import dev.naru.gitops.ApplicationStatus.Compared;
import dev.naru.gitops.ApplicationStatus.Condition;
import dev.naru.gitops.ApplicationStatus.Health;
import dev.naru.gitops.ApplicationStatus.History;
import dev.naru.gitops.ApplicationStatus.OperationState;
import dev.naru.gitops.ApplicationStatus.Sync;
import dev.naru.gitops.ApplicationStatus.SyncResult;
import dev.naru.gitops.Comparison.Found;
import dev.naru.gitops.render.RenderException;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One look at one Application: fetch → render → compare → sync if called for → status. Everything
 * it needs to go on after a restart is in the cluster; what it remembers only saves work or slows
 * down a quarrel about a field.
 */
final class AppPass {
  private static final Set<String> FINALIZERS =
      Set.of(
          "resources-finalizer.argocd.argoproj.io",
          "resources-finalizer.argocd.argoproj.io/background",
          "resources-finalizer.argocd.argoproj.io/foreground");
  private static final String REFRESH = "argocd.argoproj.io/refresh";
  private static final Duration STEP = Duration.ofSeconds(2);
  private static final int HEALS_FREE = 5;
  private static final Duration HEALS_WINDOW = Duration.ofMinutes(1);
  private static final Duration POLL_REMOTE_MIN = Duration.ofSeconds(1);

  private final String name;
  private final GitOpsConfig config;
  private final Cluster cluster;
  private final Sources sources;
  private final Watches watches;
  private final Clock clock;
  private final Comparison comparison;
  private final AppSync sync;
  private final Deque<Instant> heals = new ArrayDeque<>();
  private Instant fetchedAt = Instant.EPOCH;

  AppPass(
      String name,
      GitOpsConfig config,
      Cluster cluster,
      Sources sources,
      Watches watches,
      Clock clock) {
    this.name = name;
    this.config = config;
    this.cluster = cluster;
    this.sources = sources;
    this.watches = watches;
    this.clock = clock;
    this.comparison = new Comparison(cluster, name);
    this.sync = new AppSync(cluster, clock);
  }

  private Resource<Application> resource() {
    return cluster
        .client()
        .resources(Application.class)
        .inNamespace(config.namespace())
        .withName(name);
  }

  /** Looks once; says when to look again if nothing is heard before. */
  Duration run() {
    Application app = resource().get();
    if (app == null || app.getSpec() == null) {
      return config.poll();
    }
    ApplicationStatus last = app.getStatus() == null ? ApplicationStatus.EMPTY : app.getStatus();
    last.resources().forEach(r -> watches.ensure(ObjectKey.of(r)));
    if (app.getMetadata().getDeletionTimestamp() != null) {
      return delete(app, last);
    }
    ApplicationSpec spec = app.getSpec();
    Policy policy = Policy.of(spec);
    if (!policy.unsupported().isEmpty()) {
      write(
          app,
          unknown(
              last, spec, null, "InvalidSpecError", policy.unsupported(), last.operationState()));
      return config.poll();
    }
    return follow(app, last, spec, policy);
  }

  private Duration follow(
      Application app, ApplicationStatus last, ApplicationSpec spec, Policy policy) {
    ApplicationSpec.Source source = Objects.requireNonNull(spec.source());
    Sources.Commit commit = null;
    try {
      commit = sources.resolve(source, isFetchDue(app));
      Sources.Commit resolved = commit;
      Found found = comparison.compare(spec, policy, resolved, () -> known(last));
      found.targets().forEach(t -> watches.ensure(t.key()));
      Decision decision = decide(app, last, spec, policy, resolved.revision(), found);
      OperationState operation = last.operationState();
      if (decision.sync()) {
        String startedAt = decision.startedAt();
        if (operation == null || isOver(operation) || !startedAt.equals(operation.startedAt())) {
          announce(app, last, spec, resolved.revision(), startedAt, decision.retries());
        }
        Operation asked = app.getOperation();
        boolean prune =
            (asked == null || asked.sync() == null) ? policy.prune() : asked.sync().prune();
        operation =
            sync.step(
                spec,
                policy,
                resolved.revision(),
                found,
                prune,
                app.getOperation(),
                startedAt,
                decision.retries());
        found = comparison.compare(spec, policy, resolved, () -> known(last));
        found.targets().forEach(t -> watches.ensure(t.key()));
      }
      write(app, status(last, spec, resolved.revision(), found, operation, decision.complaint()));
      return operation == null || isOver(operation) ? decision.next() : STEP;
    } catch (RenderException | GitOpsException e) {
      String revision = commit == null ? null : commit.revision();
      write(app, failed(app, last, spec, policy, revision, e));
      return config.poll().compareTo(STEP.multipliedBy(5)) < 0
          ? config.poll()
          : STEP.multipliedBy(5);
    }
  }

  /** What is to be done, and why not when something is in the way. */
  private record Decision(
      boolean sync, String startedAt, int retries, Duration next, String complaint) {}

  private Decision decide(
      Application app,
      ApplicationStatus last,
      ApplicationSpec spec,
      Policy policy,
      String revision,
      Found found) {
    Instant now = clock.instant();
    Decision go = new Decision(true, Times.text(now), 0, config.poll(), "");
    Decision stay = new Decision(false, "", 0, config.poll(), "");
    boolean asked = app.getOperation() != null && app.getOperation().sync() != null;
    boolean work =
        found.targets().stream().anyMatch(Target::isOutOfSync)
            || (policy.prune()
                && found.extras().stream()
                    .anyMatch(t -> !t.hasOption("argocd.argoproj.io/sync-options", "Prune=false")));
    OperationState operation = last.operationState();
    boolean same =
        operation != null
            && operation.syncResult() != null
            && operation.syncResult().revision().equals(revision)
            && Objects.equals(operation.syncResult().source(), spec.source());
    if (operation != null && same && operation.phase().equals("Running")) {
      return new Decision(
          true,
          operation.startedAt(),
          operation.retryCount() == null ? 0 : operation.retryCount(),
          config.poll(),
          "");
    }
    if (asked) {
      return go;
    }
    if (!policy.automated() || !work) {
      return stay;
    }
    if (found.targets().isEmpty() && !policy.allowEmpty()) {
      return new Decision(
          false,
          "",
          0,
          config.poll(),
          "the manifests are empty: refused to delete all %d objects (automated.allowEmpty is false)"
              .formatted(found.extras().size()));
    }
    if (operation == null || !same) {
      return go;
    }
    if (operation.phase().equals("Succeeded")) {
      return policy.selfHeal() ? heal(now, go) : stay;
    }
    int done = operation.retryCount() == null ? 0 : operation.retryCount();
    if (policy.retryLimit() >= 0 && done >= policy.retryLimit()) {
      return stay;
    }
    Instant failed = operation.finishedAt() == null ? now : Instant.parse(operation.finishedAt());
    Duration wait = Duration.between(now, failed.plus(policy.backoff(done)));
    return wait.isPositive()
        ? new Decision(false, "", 0, wait, "")
        : new Decision(true, Times.text(now), done + 1, config.poll(), "");
  }

  /** At once, but slower and slower against somebody who keeps changing the same thing back. */
  private Decision heal(Instant now, Decision go) {
    heals.removeIf(t -> t.isBefore(now.minus(HEALS_WINDOW)));
    if (heals.size() >= HEALS_FREE) {
      Duration pause = Duration.ofSeconds(1L << Math.min(5, heals.size() - HEALS_FREE));
      Duration wait = Duration.between(now, heals.getLast().plus(pause));
      if (wait.isPositive()) {
        return new Decision(false, "", 0, wait, "");
      }
    }
    heals.addLast(now);
    return go;
  }

  private static boolean isOver(OperationState operation) {
    return !operation.phase().equals("Running");
  }

  private void announce(
      Application app,
      ApplicationStatus last,
      ApplicationSpec spec,
      String revision,
      String startedAt,
      int retries) {
    OperationState running =
        new OperationState(
            app.getOperation(),
            "Running",
            "applying",
            startedAt,
            null,
            retries == 0 ? null : retries,
            new SyncResult(null, revision, spec.source()));
    write(
        app,
        new ApplicationStatus(
            new Sync("OutOfSync", revision, new Compared(spec.source(), spec.destination())),
            last.health(),
            last.resources(),
            running,
            last.history(),
            List.of(),
            Times.text(clock.instant()),
            last.sourceType(),
            last.summary()));
  }

  private ApplicationStatus status(
      ApplicationStatus last,
      ApplicationSpec spec,
      String revision,
      Found found,
      @Nullable OperationState operation,
      String complaint) {
    List<Target> all = new ArrayList<>(found.targets());
    all.addAll(found.extras());
    boolean synced = all.stream().noneMatch(Target::isOutOfSync);
    List<ApplicationStatus.Resource> resources = new ArrayList<>();
    List<Health> healths = new ArrayList<>();
    for (Target target : all) {
      Optional<Health> health = target.health();
      resources.add(StatusParts.resource(target, health.orElse(null)));
      if (!target.isExtra()) {
        health.ifPresent(h -> healths.add(StatusParts.named(target, h)));
      }
    }
    List<History> history = new ArrayList<>(last.history());
    if (operation != null
        && operation.phase().equals("Succeeded")
        && !Objects.equals(operation, last.operationState())) {
      long id = history.isEmpty() ? 0 : history.getLast().id() + 1;
      history.add(
          new History(
              id,
              revision,
              operation.startedAt(),
              Objects.requireNonNull(operation.finishedAt()),
              spec.source()));
      int limit = Policy.of(spec).historyLimit();
      history = history.subList(Math.max(0, history.size() - limit), history.size());
    }
    List<Condition> conditions = new ArrayList<>();
    if (!complaint.isEmpty()) {
      conditions.add(condition(last, "SyncError", complaint));
    } else if (operation != null && operation.phase().equals("Failed") && !synced) {
      conditions.add(condition(last, "SyncError", String.valueOf(operation.message())));
    }
    return new ApplicationStatus(
        new Sync(
            synced ? "Synced" : "OutOfSync",
            revision,
            new Compared(spec.source(), spec.destination())),
        HealthRules.worst(healths),
        resources,
        operation,
        history,
        conditions,
        Times.text(clock.instant()),
        found.type().text(),
        StatusParts.summary(all));
  }

  /** The manifests could not be had or rendered: nothing is touched, and the status says why. */
  private ApplicationStatus failed(
      Application app,
      ApplicationStatus last,
      ApplicationSpec spec,
      Policy policy,
      @Nullable String revision,
      NaruException e) {
    String message = String.valueOf(e.getMessage());
    OperationState operation = last.operationState();
    boolean known =
        operation != null
            && operation.phase().equals("Failed")
            && message.equals(operation.message());
    if (revision != null && !known && (policy.automated() || app.getOperation() != null)) {
      String now = Times.text(clock.instant());
      operation =
          new OperationState(
              app.getOperation(),
              "Failed",
              message,
              now,
              now,
              null,
              new SyncResult(null, revision, spec.source()));
    }
    return unknown(last, spec, revision, "ComparisonError", message, operation);
  }

  private ApplicationStatus unknown(
      ApplicationStatus last,
      ApplicationSpec spec,
      @Nullable String revision,
      String type,
      String message,
      @Nullable OperationState operation) {
    String shown = revision == null && last.sync() != null ? last.sync().revision() : revision;
    return new ApplicationStatus(
        new Sync("Unknown", shown, new Compared(spec.source(), spec.destination())),
        last.health(),
        last.resources(),
        operation,
        last.history(),
        List.of(condition(last, type, message)),
        Times.text(clock.instant()),
        last.sourceType(),
        last.summary());
  }

  private Condition condition(ApplicationStatus last, String type, String message) {
    return last.conditions().stream()
        .filter(c -> c.type().equals(type) && c.message().equals(message))
        .findFirst()
        .orElseGet(() -> new Condition(type, message, Times.text(clock.instant())));
  }

  private void write(Application app, ApplicationStatus next) {
    ApplicationStatus last = app.getStatus();
    boolean over = next.operationState() != null && isOver(next.operationState());
    boolean clearOperation = app.getOperation() != null && over;
    Map<String, String> annotations = app.getMetadata().getAnnotations();
    boolean refreshed = annotations != null && annotations.containsKey(REFRESH);
    if (last != null
        && !clearOperation
        && !refreshed
        && StatusParts.withoutTime(last).equals(StatusParts.withoutTime(next))) {
      return;
    }
    Application written =
        resource()
            .edit(
                a -> {
                  a.setStatus(next);
                  if (clearOperation) {
                    a.setOperation(null);
                  }
                  if (refreshed && a.getMetadata().getAnnotations() != null) {
                    a.getMetadata().getAnnotations().remove(REFRESH);
                  }
                  return a;
                });
    app.setStatus(written.getStatus());
  }

  private boolean isFetchDue(Application app) {
    Instant now = clock.instant();
    Map<String, String> annotations = app.getMetadata().getAnnotations();
    boolean asked = annotations != null && annotations.containsKey(REFRESH);
    Duration age = Duration.between(fetchedAt, now);
    if (age.compareTo(config.poll()) >= 0 || (asked && age.compareTo(POLL_REMOTE_MIN) >= 0)) {
      fetchedAt = now;
      return true;
    }
    return false;
  }

  private Set<ObjectKey> known(ApplicationStatus last) {
    Set<ObjectKey> keys = new HashSet<>(watches.objectsOf(name));
    last.resources().forEach(r -> keys.add(ObjectKey.of(r)));
    return keys;
  }

  /** Deletes what is ours, then lets the Application go. */
  private Duration delete(Application app, ApplicationStatus last) {
    if (app.getMetadata().getFinalizers().stream().noneMatch(FINALIZERS::contains)) {
      return config.poll();
    }
    List<Target> left = comparison.owned(known(last));
    for (Target target : left) {
      if (target.body().get("metadata") instanceof Map<?, ?> m
          && m.get("deletionTimestamp") == null) {
        cluster.delete(target.key(), DeletionPropagation.BACKGROUND);
      }
    }
    if (comparison.owned(known(last)).isEmpty()) {
      resource()
          .edit(
              a -> {
                a.getMetadata().getFinalizers().removeIf(FINALIZERS::contains);
                return a;
              });
      return config.poll();
    }
    return STEP;
  }
}
