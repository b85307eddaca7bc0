package dev.naru.pipeline.lang;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How text is laid out: padding, margins, tabs, formats. */
final class Formatting {
  private static final Pattern WIDE = Pattern.compile("%[^a-zA-Z%]*\\d{5,}");

  private Formatting() {}

  /** {@code s} with that many characters of padding before and after it. */
  static String pad(String s, Methods.Call c, int before, int after) {
    String with = c.count() > 1 ? c.text(1) : " ";
    Limits.text((long) s.length() + Math.max(0, before) + Math.max(0, after));
    return padding(with, before) + s + padding(with, after);
  }

  private static String padding(String with, int length) {
    return length <= 0 || with.isEmpty()
        ? ""
        : with.repeat(length / with.length() + 1).substring(0, length);
  }

  static String center(String s, Methods.Call c) {
    int missing = c.number(0) - s.length();
    return missing <= 0 ? s : pad(s, c, missing / 2, missing - missing / 2);
  }

  static String stripIndent(String s, Methods.Call c) {
    if (s.isEmpty()) {
      return s;
    }
    List<@Nullable Object> lines = TextMethods.lines(s);
    int cut = c.number(0);
    return ended(
        s,
        lines.stream()
            .map(Values::text)
            .map(l -> cut <= 0 ? l : cut < l.length() ? l.substring(cut) : "")
            .collect(Collectors.joining("\n")));
  }

  static String stripMargin(String s, Methods.Call c) {
    String margin = c.count() > 0 ? c.text(0) : "|";
    return ended(
        s,
        s.lines()
            .map(
                l -> {
                  String rest = l.stripLeading();
                  return rest.startsWith(margin) ? rest.substring(1) : l;
                })
            .collect(Collectors.joining("\n")));
  }

  private static String ended(String before, String after) {
    return before.endsWith("\n") ? after + "\n" : after;
  }

  static String normalize(String s) {
    return s.replace("\r\n", "\n").replace('\r', '\n');
  }

  static String expand(String s, int width, Methods.Call c) {
    StringBuilder out = new StringBuilder();
    int column = 0;
    for (int i = 0; i < s.length(); i++) {
      char letter = s.charAt(i);
      if (letter == '\t') {
        int spaces = width <= 0 ? 0 : width - column % width;
        Limits.text((long) out.length() + spaces);
        out.append(" ".repeat(spaces));
        column += spaces;
      } else {
        out.append(letter);
        column = letter == '\n' ? 0 : column + 1;
      }
    }
    return out.toString();
  }

  static String unexpand(String s, int width, Methods.Call c) {
    StringBuilder out = new StringBuilder();
    String ending = "";
    for (String line : expand(s, width, c).split("\n", -1)) {
      out.append(ending);
      ending = "\n";
      for (int i = 0; i < line.length(); i += width) {
        String part = line.substring(i, Math.min(line.length(), i + width));
        String stripped = part.stripTrailing();
        boolean tab = part.length() == width && part.length() - stripped.length() > 1;
        out.append(tab ? stripped + "\t" : part);
      }
    }
    return out.toString();
  }

  /** Every letter of the first set becomes the one at its place in the second. */
  static String tr(String s, Methods.Call c) {
    String from = letters(c.text(0));
    String to = letters(c.text(1));
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < s.length(); i++) {
      int found = from.lastIndexOf(s.charAt(i));
      out.append(
          found < 0 || to.isEmpty() ? s.charAt(i) : to.charAt(Math.min(found, to.length() - 1)));
    }
    return out.toString();
  }

  private static String letters(String set) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < set.length(); i++) {
      if (i + 2 < set.length() && set.charAt(i + 1) == '-') {
        int step = set.charAt(i) <= set.charAt(i + 2) ? 1 : -1;
        for (int l = set.charAt(i); l != set.charAt(i + 2) + step; l += step) {
          all.append((char) l);
        }
        i += 2;
      } else {
        all.append(set.charAt(i));
      }
    }
    return all.toString();
  }

  static String format(String format, List<@Nullable Object> args, Position at) {
    if (WIDE.matcher(format).find()) {
      throw new Thrown.Limit("a format width of more than 9999");
    }
    try {
      List<@Nullable Object> values = new ArrayList<>();
      List<?> given = args.size() == 1 && args.getFirst() instanceof List<?> list ? list : args;
      given.forEach(v -> values.add(printable(v)));
      return String.format(Locale.ROOT, format, values.toArray());
    } catch (IllegalFormatException e) {
      throw Thrown.Failure.of(e.getClass().getSimpleName(), String.valueOf(e.getMessage()), at);
    }
  }

  /** As a value that formats know. */
  private static @Nullable Object printable(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case BigDecimal d -> Arithmetic.bounded(d);
      case Number n -> n;
      case Boolean b -> b;
      case Character c -> c;
      case DateValue d -> d.zoned();
      case java.time.temporal.Temporal t -> t;
      default -> Values.text(value);
    };
  }
}
