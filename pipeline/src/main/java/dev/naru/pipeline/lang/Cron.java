package dev.naru.pipeline.lang;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The grammar of Jenkins' schedules: five fields, each a list of values, ranges and steps, where
 * {@code H} is a hash of the job's name; {@code @hourly} and its like; {@code TZ=…} in a line of
 * its own. Source: hudson.scheduler.CrontabParser.
 */
final class Cron {
  private record Field(String name, int min, int max) {}

  private static final List<Field> FIELDS =
      List.of(
          new Field("minute", 0, 59),
          new Field("hour", 0, 23),
          new Field("day of month", 1, 31),
          new Field("month", 1, 12),
          new Field("day of week", 0, 7));
  private static final List<String> ALIASES =
      List.of("@annually", "@daily", "@hourly", "@midnight", "@monthly", "@weekly", "@yearly");
  private static final Pattern PART =
      Pattern.compile("(?:(\\*)|(H)(?:\\((\\d+)-(\\d+)\\))?|(\\d+)(?:-(\\d+))?)(?:/(\\d+))?");

  private Cron() {}

  /** What is wrong with {@code spec}; empty when nothing is. */
  static Optional<String> fault(String spec) {
    int number = 0;
    for (String raw : spec.lines().toList()) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#") || (number == 1 && line.startsWith("TZ="))) {
        continue;
      }
      Optional<String> fault = line.startsWith("@") ? alias(line) : fields(line);
      if (fault.isPresent()) {
        return Optional.of("Invalid input: \"" + line + "\": " + fault.get());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> alias(String line) {
    return ALIASES.contains(line.toLowerCase(Locale.ROOT))
        ? Optional.empty()
        : Optional.of("no such alias" + Nearest.hint(line, ALIASES));
  }

  private static Optional<String> fields(String line) {
    String[] fields = line.split("\\s+");
    if (fields.length != FIELDS.size()) {
      return Optional.of(
          "a schedule has 5 fields (minute, hour, day of month, month, day of week), not "
              + fields.length);
    }
    for (int i = 0; i < fields.length; i++) {
      for (String part : fields[i].split(",", -1)) {
        Optional<String> fault = part(part, FIELDS.get(i));
        if (fault.isPresent()) {
          return fault;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> part(String part, Field field) {
    Matcher m = PART.matcher(part);
    if (!m.matches()) {
      return Optional.of(
          "'" + part + "' is no " + field.name() + "; write a number, a range, '*', or 'H'");
    }
    int low = m.group(3) != null ? number(m, 3) : m.group(5) != null ? number(m, 5) : field.min();
    int high =
        m.group(4) != null
            ? number(m, 4)
            : m.group(6) != null ? number(m, 6) : m.group(5) != null ? low : field.max();
    for (int n : new int[] {low, high}) {
      if (n < field.min() || n > field.max()) {
        return Optional.of(
            n
                + " is an invalid value for "
                + field.name()
                + ". Must be within "
                + field.min()
                + " and "
                + field.max());
      }
    }
    if (low > high) {
      return Optional.of(
          "You mean " + field.name() + " " + high + "-" + low + "? A range begins with its least");
    }
    if (m.group(7) != null && (number(m, 7) < 1 || number(m, 7) > field.max() - field.min() + 1)) {
      return Optional.of(
          "a step of " + m.group(7) + " leaves nothing of the " + field.name() + " field");
    }
    return Optional.empty();
  }

  private static int number(Matcher m, int group) {
    String digits = m.group(group);
    return digits.length() > 4 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }
}
