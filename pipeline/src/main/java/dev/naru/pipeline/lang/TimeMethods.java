package dev.naru.pipeline.lang;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.Temporal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of {@code java.time} that build scripts use; the clock is the host's, in UTC. */
final class TimeMethods {
  static final Methods<Temporal> TEMPORALS = new Methods<>(Methods.COMMON);
  static final Methods<Duration> DURATIONS = new Methods<>(Methods.COMMON);

  static {
    for (ChronoUnit unit :
        List.of(
            ChronoUnit.SECONDS,
            ChronoUnit.MINUTES,
            ChronoUnit.HOURS,
            ChronoUnit.DAYS,
            ChronoUnit.WEEKS,
            ChronoUnit.MONTHS,
            ChronoUnit.YEARS)) {
      TEMPORALS
          .add("plus" + unit, (t, c) -> t.plus(c.number(0), unit))
          .add("minus" + unit, (t, c) -> t.minus(c.number(0), unit));
    }
    Map<String, ChronoField> parts =
        Map.of(
            "getYear", ChronoField.YEAR,
            "getMonthValue", ChronoField.MONTH_OF_YEAR,
            "getDayOfMonth", ChronoField.DAY_OF_MONTH,
            "getDayOfYear", ChronoField.DAY_OF_YEAR,
            "getHour", ChronoField.HOUR_OF_DAY,
            "getMinute", ChronoField.MINUTE_OF_HOUR,
            "getSecond", ChronoField.SECOND_OF_MINUTE);
    parts.forEach((name, field) -> TEMPORALS.add(name, (t, c) -> t.get(field)));
    TEMPORALS
        .add("format", (t, c) -> formatter(c.arg(0)).format(t))
        .add("isBefore", (t, c) -> c.order(t, c.arg(0)) < 0)
        .add("isAfter", (t, c) -> c.order(t, c.arg(0)) > 0)
        .add("getDayOfWeek", (t, c) -> java.time.DayOfWeek.from(t).name())
        .add("toEpochMilli", (t, c) -> millis(t))
        .add("getEpochSecond", (t, c) -> Math.floorDiv(millis(t), 1000L))
        .add("toLocalDate", (t, c) -> LocalDate.from(t))
        .add("toInstant", (t, c) -> Instant.from(t))
        .add("atZone", (t, c) -> Instant.from(t).atZone(ZoneId.of(c.text(0))));
    DURATIONS
        .add("toMillis", (d, c) -> d.toMillis())
        .add("toSeconds", (d, c) -> d.toSeconds())
        .add("getSeconds", (d, c) -> d.toSeconds())
        .add("toMinutes", (d, c) -> d.toMinutes())
        .add("toHours", (d, c) -> d.toHours())
        .add("toDays", (d, c) -> d.toDays())
        .add("toMinutesPart", (d, c) -> d.toMinutesPart())
        .add("toSecondsPart", (d, c) -> d.toSecondsPart());
  }

  private TimeMethods() {}

  private static DateTimeFormatter formatter(@Nullable Object format) {
    return format instanceof DateTimeFormatter f
        ? f
        : DateTimeFormatter.ofPattern(Values.text(format), Locale.US).withZone(ZoneOffset.UTC);
  }

  private static long millis(Temporal t) {
    return t instanceof LocalDateTime local
        ? local.toInstant(ZoneOffset.UTC).toEpochMilli()
        : Instant.from(t).toEpochMilli();
  }

  private static ZonedDateTime now(Methods.Call c) {
    return Instant.ofEpochMilli(c.world().nowMillis(c.at()))
        .atZone(c.count() > 0 ? ZoneId.of(c.text(0)) : ZoneOffset.UTC);
  }

  static void addTo(Map<String, Methods.Body<Object>> statics) {
    statics.put("LocalDate.now", (o, c) -> now(c).toLocalDate());
    statics.put("LocalDateTime.now", (o, c) -> now(c).toLocalDateTime());
    statics.put("ZonedDateTime.now", (o, c) -> now(c));
    statics.put("Instant.now", (o, c) -> now(c).toInstant());
    statics.put("LocalDate.of", (o, c) -> LocalDate.of(c.number(0), c.number(1), c.number(2)));
    statics.put(
        "LocalDateTime.of",
        (o, c) ->
            LocalDateTime.of(c.number(0), c.number(1), c.number(2), c.number(3), c.number(4)));
    statics.put(
        "LocalDate.parse",
        (o, c) -> LocalDate.parse(c.text(0), parser(c, DateTimeFormatter.ISO_LOCAL_DATE)));
    statics.put(
        "LocalDateTime.parse",
        (o, c) -> LocalDateTime.parse(c.text(0), parser(c, DateTimeFormatter.ISO_LOCAL_DATE_TIME)));
    statics.put("Instant.parse", (o, c) -> Instant.parse(c.text(0)));
    statics.put("Instant.ofEpochMilli", (o, c) -> Instant.ofEpochMilli(wide(c)));
    statics.put("Instant.ofEpochSecond", (o, c) -> Instant.ofEpochSecond(wide(c)));
    statics.put("DateTimeFormatter.ofPattern", (o, c) -> formatter(c.text(0)));
    statics.put("ZoneId.of", (o, c) -> c.text(0));
    statics.put("Duration.ofMillis", (o, c) -> Duration.ofMillis(wide(c)));
    statics.put("Duration.ofSeconds", (o, c) -> Duration.ofSeconds(wide(c)));
    statics.put("Duration.ofMinutes", (o, c) -> Duration.ofMinutes(wide(c)));
    statics.put("Duration.ofHours", (o, c) -> Duration.ofHours(wide(c)));
    statics.put("Duration.ofDays", (o, c) -> Duration.ofDays(wide(c)));
    statics.put("Duration.between", (o, c) -> Duration.between(temporal(c, 0), temporal(c, 1)));
  }

  private static Temporal temporal(Methods.Call c, int i) {
    if (c.arg(i) instanceof Temporal t) {
      return t;
    }
    throw c.fail("MissingMethodException", "argument " + (i + 1) + " is no time");
  }

  private static long wide(Methods.Call c) {
    if (c.arg(0) instanceof Number n) {
      return n.longValue();
    }
    throw c.fail("MissingMethodException", "the argument is no number");
  }

  private static DateTimeFormatter parser(Methods.Call c, DateTimeFormatter otherwise) {
    return c.count() > 1 ? formatter(c.arg(1)) : otherwise;
  }

  static @Nullable Object constant(String name) {
    return switch (name) {
      case "DateTimeFormatter.ISO_LOCAL_DATE" -> DateTimeFormatter.ISO_LOCAL_DATE;
      case "DateTimeFormatter.ISO_LOCAL_DATE_TIME" -> DateTimeFormatter.ISO_LOCAL_DATE_TIME;
      case "DateTimeFormatter.ISO_DATE" -> DateTimeFormatter.ISO_DATE;
      case "DateTimeFormatter.ISO_INSTANT" -> DateTimeFormatter.ISO_INSTANT;
      case "DateTimeFormatter.BASIC_ISO_DATE" -> DateTimeFormatter.BASIC_ISO_DATE;
      case "ZoneOffset.UTC" -> "UTC";
      default -> null;
    };
  }
}
