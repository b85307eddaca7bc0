package dev.naru.delivery;

import dev.naru.delivery.DeliveryStatus.Phase;
import dev.naru.delivery.DeliveryStatus.State;
import dev.naru.delivery.DeliveryStatus.Step;
import dev.naru.delivery.DeliveryStatus.StepName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code naru where} and {@code naru deliveries} print. */
public final class WhereReport {
  private static final int SUBJECT_MAX = 50;

  private WhereReport() {}

  /** One delivery in full: its steps with times, the sentence, and the log of what failed. */
  public static List<String> where(Delivery delivery, Instant now) {
    DeliverySpec spec = delivery.getSpec();
    DeliveryStatus status = delivery.getStatus();
    List<String> lines = new ArrayList<>();
    String author = spec.author().isEmpty() ? "" : " by " + spec.author();
    lines.add(
        "%s %s \"%s\"%s, branch %s"
            .formatted(
                spec.repository(), spec.shortCommit(), cut(spec.subject()), author, spec.branch()));
    if (status == null) {
      lines.add("just pushed");
      return lines;
    }
    for (Step step : status.steps()) {
      lines.add(line(step, status, now).stripTrailing());
    }
    lines.add(sentence(status, now));
    status.steps().stream()
        .filter(s -> !s.logTail().isEmpty())
        .reduce((first, second) -> second)
        .ifPresent(
            s -> {
              lines.add("last lines of the log (" + s.name().text() + "):");
              s.logTail().forEach(l -> lines.add("  | " + l));
            });
    return lines;
  }

  private static String line(Step step, DeliveryStatus status, Instant now) {
    boolean open = step.state() == State.RUNNING && status.phase() == Phase.RUNNING;
    String time = duration(step.startedAt(), step.finishedAt(), open ? now : null);
    return "  %-8s  %-7s  %7s  %s"
        .formatted(
            step.name().text(), step.state().text().toLowerCase(Locale.ROOT), time, step.message());
  }

  private static String sentence(DeliveryStatus status, Instant now) {
    String time = duration(status.startedAt(), status.finishedAt(), now);
    String message = status.message().isEmpty() ? "" : ": " + status.message();
    return switch (status.phase()) {
      case RUNNING -> "running for " + time + message;
      case LIVE -> "live after " + time;
      case FAILED -> "failed after " + time + message;
      case SUPERSEDED -> status.message();
      case NOTHING_TO_DO -> "nothing to do" + message;
    };
  }

  /** A table, one line for each delivery, the newest push first. */
  public static List<String> table(List<Delivery> deliveries, Instant now) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("COMMIT", "REPOSITORY", "BRANCH", "STATE", "STEP", "TIME", "SUBJECT"));
    List<Delivery> newestFirst = new ArrayList<>(deliveries);
    newestFirst.sort(Comparator.comparing((Delivery d) -> d.getSpec().pushedAt()).reversed());
    for (Delivery delivery : newestFirst) {
      DeliverySpec spec = delivery.getSpec();
      DeliveryStatus status = delivery.getStatus();
      rows.add(
          List.of(
              spec.shortCommit(),
              spec.repository(),
              spec.branch(),
              status == null ? "Running" : status.phase().text(),
              status == null ? StepName.PUSH.text() : step(status),
              duration(spec.pushedAt(), status == null ? null : status.finishedAt(), now),
              cut(spec.subject())));
    }
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(i == 0 ? "" : "  ").append(row.get(i));
        line.repeat(' ', widths[i] - row.get(i).length());
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  /** The step that it is at: what failed, else the first that is not over. */
  private static String step(DeliveryStatus status) {
    return status.steps().stream()
        .filter(s -> s.state() == State.FAILED)
        .reduce((first, second) -> second)
        .or(
            () ->
                status.steps().stream().filter(s -> !DeliveryStatus.isPast(s.state())).findFirst())
        .map(s -> s.name().text())
        .orElse("-");
  }

  private static String duration(
      @Nullable String from, @Nullable String to, @Nullable Instant otherwise) {
    if (from == null || (to == null && otherwise == null)) {
      return "";
    }
    Instant end = to == null ? java.util.Objects.requireNonNull(otherwise) : Instant.parse(to);
    return text(Duration.between(Instant.parse(from), end));
  }

  static String text(Duration duration) {
    long millis = Math.max(0, duration.toMillis());
    if (millis < 60_000) {
      return "%d.%ds".formatted(millis / 1000, millis % 1000 / 100);
    }
    long seconds = millis / 1000;
    return seconds < 3600
        ? "%dm%02ds".formatted(seconds / 60, seconds % 60)
        : "%dh%02dm".formatted(seconds / 3600, seconds % 3600 / 60);
  }

  private static String cut(String subject) {
    return subject.length() <= SUBJECT_MAX ? subject : subject.substring(0, SUBJECT_MAX - 1) + "…";
  }
}
