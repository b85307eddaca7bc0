package dev.naru.git;

import dev.naru.base.Times;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.ReflogEntry;

/**
 * When a push came, in milliseconds: a reflog's own times are whole seconds, so its message says.
 */
final class PushTime {
  private static final Pattern MESSAGE = Pattern.compile("push at (\\S+Z)\\b.*");

  private PushTime() {}

  static String message(Instant at) {
    return "push at " + Times.text(at);
  }

  /** The message's time; the entry's own, in seconds, for an entry that something else wrote. */
  static Instant of(ReflogEntry entry) {
    Instant whole = entry.getWho().getWhenAsInstant();
    Matcher told = MESSAGE.matcher(entry.getComment());
    if (!told.matches()) {
      return whole;
    }
    try {
      return Instant.parse(told.group(1));
    } catch (DateTimeParseException e) {
      return whole;
    }
  }
}
