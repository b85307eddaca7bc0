package dev.naru.pipeline.lang;

import java.text.ParsePosition;
import java.text.SimpleDateFormat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Locale;
import java.util.TimeZone;

/**
 * A point in time. Its text, and that of its parts, is in UTC unless a time zone is given.
 *
 * @param millis since 1970
 */
@SuppressWarnings("JavaUtilDate") // patterns are those of SimpleDateFormat
record DateValue(long millis) implements Comparable<DateValue> {
  private static final long DAY_MILLIS = 24L * 60 * 60 * 1000;
  static final Methods<DateValue> METHODS = new Methods<>(Methods.COMMON);

  static {
    METHODS
        .add("getTime", (d, c) -> d.millis)
        .add("format", (d, c) -> d.format(c))
        .add("before", (d, c) -> c.order(d, c.arg(0)) < 0)
        .add("after", (d, c) -> c.order(d, c.arg(0)) > 0)
        .add("plus", (d, c) -> d.plusDays(c.number(0)))
        .add("minus", (d, c) -> c.operator(BinaryOp.MINUS, d, c.arg(0)))
        .add("next", (d, c) -> d.plusDays(1))
        .add("previous", (d, c) -> d.plusDays(-1))
        .add("clearTime", (d, c) -> new DateValue(d.millis - Math.floorMod(d.millis, DAY_MILLIS)))
        .add("toInstant", (d, c) -> Instant.ofEpochMilli(d.millis))
        .add("getYear", (d, c) -> d.zoned().getYear() - 1900)
        .add("getMonth", (d, c) -> d.zoned().getMonthValue() - 1)
        .add("getDate", (d, c) -> d.zoned().getDayOfMonth())
        .add("getDay", (d, c) -> d.zoned().getDayOfWeek().getValue() % 7)
        .add("getHours", (d, c) -> d.zoned().getHour())
        .add("getMinutes", (d, c) -> d.zoned().getMinute())
        .add("getSeconds", (d, c) -> d.zoned().getSecond());
  }

  ZonedDateTime zoned() {
    return Instant.ofEpochMilli(millis).atZone(ZoneOffset.UTC);
  }

  DateValue plusDays(long days) {
    return new DateValue(millis + days * DAY_MILLIS);
  }

  int daysSince(DateValue other) {
    return (int) (Math.floorDiv(millis, DAY_MILLIS) - Math.floorDiv(other.millis, DAY_MILLIS));
  }

  private String format(Methods.Call c) {
    if (c.count() == 0) {
      return format("M/d/yy, h:mm a", "UTC", c);
    }
    return format(c.text(0), c.count() > 1 ? zone(c.arg(1)) : "UTC", c);
  }

  private static String zone(@org.jspecify.annotations.Nullable Object zone) {
    return zone instanceof TimeZone z ? z.getID() : Values.text(zone);
  }

  String format(String pattern, String zone, Methods.Call c) {
    return pattern(pattern, zone, c).format(new Date(millis));
  }

  private static SimpleDateFormat pattern(String pattern, String zone, Methods.Call c) {
    try {
      SimpleDateFormat format = new SimpleDateFormat(pattern, Locale.US);
      format.setTimeZone(TimeZone.getTimeZone(zone));
      return format;
    } catch (IllegalArgumentException e) {
      throw c.fail("IllegalArgumentException", String.valueOf(e.getMessage()));
    }
  }

  static DateValue parse(String pattern, String text, String zone, Methods.Call c) {
    Date date = pattern(pattern, zone, c).parse(text, new ParsePosition(0));
    if (date == null) {
      throw c.fail("ParseException", "Unparseable date: \"" + text + "\"");
    }
    return new DateValue(date.getTime());
  }

  @Override
  public int compareTo(DateValue other) {
    return Long.compare(millis, other.millis);
  }

  @Override
  public String toString() {
    SimpleDateFormat format = new SimpleDateFormat("EEE MMM dd HH:mm:ss zzz yyyy", Locale.US);
    format.setTimeZone(TimeZone.getTimeZone("UTC"));
    return format.format(new Date(millis));
  }

  /** A {@code SimpleDateFormat}; its time zone can be set. */
  static final class Format {
    static final Methods<Format> METHODS = new Methods<>(Methods.COMMON);
    private final String pattern;
    private String zone = "UTC";

    static {
      METHODS
          .add("format", (f, c) -> f.format(c))
          .add("parse", (f, c) -> DateValue.parse(f.pattern, c.text(0), f.zone, c))
          .add(
              "setTimeZone",
              (f, c) -> {
                f.zone = DateValue.zone(c.arg(0));
                return null;
              });
    }

    Format(String pattern) {
      this.pattern = pattern;
    }

    private String format(Methods.Call c) {
      return switch (c.arg(0)) {
        case DateValue d -> d.format(pattern, zone, c);
        case Number n -> new DateValue(n.longValue()).format(pattern, zone, c);
        case null, default ->
            throw c.fail("IllegalArgumentException", "Cannot format given Object as a Date");
      };
    }

    @Override
    public String toString() {
      return pattern;
    }
  }
}
