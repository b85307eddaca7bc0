package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The methods of strings that take a pattern. What a pattern reads counts as work. */
final class PatternMethods {
  static final Methods<Pattern> PATTERNS = new Methods<>(Methods.COMMON);

  static {
    PATTERNS
        .add("pattern", (p, c) -> p.pattern())
        .add("flags", (p, c) -> p.flags())
        .add("matcher", (p, c) -> p.matcher(new Operators.CountedText(c.text(0), c.tick())))
        .add("split", (p, c) -> split(c.text(0), c.with(p)))
        .add("isCase", (p, c) -> Operators.isCase(p, c.arg(0), c.tick()));
  }

  private PatternMethods() {}

  static void addTo(Methods<String> methods) {
    methods
        .add("replaceAll", (s, c) -> replace(s, c, true))
        .add("replaceFirst", (s, c) -> replace(s, c, false))
        .add("matches", (s, c) -> matcher(s, c).matches())
        .add("find", (s, c) -> find(s, c))
        .add("findAll", (s, c) -> findAll(s, c))
        .add("eachMatch", (s, c) -> eachMatch(s, c))
        .add("splitEachLine", (s, c) -> splitEachLine(s, c));
  }

  private static Matcher matcher(String s, Methods.Call c) {
    return Operators.pattern(c.arg(0), c.at()).matcher(new Operators.CountedText(s, c.tick()));
  }

  static List<@Nullable Object> split(String s, Methods.Call c) {
    if (c.closes()) {
      return new ArrayList<>(ListMethods.parted(TextMethods.letters(s), c));
    }
    if (c.count() == 0) {
      return c.with().count() == 0 ? words(s, c) : List.of();
    }
    Pattern pattern = Operators.pattern(c.arg(0), c.at());
    int limit = c.count() > 1 ? c.number(1) : 0;
    List<@Nullable Object> parts = new ArrayList<>();
    for (String part : pattern.split(new Operators.CountedText(s, c.tick()), limit)) {
      parts.add(part);
    }
    return parts;
  }

  private static List<@Nullable Object> words(String s, Methods.Call c) {
    List<@Nullable Object> parts = new ArrayList<>();
    java.util.StringTokenizer tokens = new java.util.StringTokenizer(s);
    while (tokens.hasMoreTokens()) {
      c.tick().run();
      parts.add(tokens.nextToken());
    }
    return parts;
  }

  private static String replace(String s, Methods.Call c, boolean all) {
    Matcher m = matcher(s, c);
    StringBuilder out = new StringBuilder();
    boolean closure = c.closes();
    String with = closure ? "" : c.text(1);
    try {
      while (m.find()) {
        Limits.text(out.length());
        m.appendReplacement(
            out,
            closure ? Matcher.quoteReplacement(Values.text(c.apply(MatchMethods.value(m)))) : with);
        if (!all) {
          break;
        }
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw c.fail(e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
    }
    m.appendTail(out);
    return out.toString();
  }

  private static @Nullable Object find(String s, Methods.Call c) {
    if (c.count() == 0 || !isPattern(c)) {
      return CollectionMethods.COLLECTIONS.call(TextMethods.letters(s), "find", c);
    }
    Matcher m = matcher(s, c);
    if (!m.find()) {
      return c.count() > 1 ? "" : null;
    }
    return c.count() > 1 ? c.apply(MatchMethods.value(m)) : m.group();
  }

  private static Object findAll(String s, Methods.Call c) {
    if (c.count() == 0 || !isPattern(c)) {
      return CollectionMethods.COLLECTIONS.call(TextMethods.letters(s), "findAll", c)
              instanceof List<?> found
          ? found
          : List.of();
    }
    List<@Nullable Object> all = new ArrayList<>();
    Matcher m = matcher(s, c);
    while (m.find()) {
      c.grow(all.size());
      all.add(c.count() > 1 ? c.apply(MatchMethods.value(m)) : m.group());
    }
    return all;
  }

  private static boolean isPattern(Methods.Call c) {
    return c.arg(0) instanceof String || c.arg(0) instanceof Pattern;
  }

  private static Object eachMatch(String s, Methods.Call c) {
    Matcher m = matcher(s, c);
    while (m.find()) {
      c.tick().run();
      c.apply(MatchMethods.value(m));
    }
    return s;
  }

  private static @Nullable Object splitEachLine(String s, Methods.Call c) {
    @Nullable Object last = null;
    for (Object line : TextMethods.lines(s)) {
      last = c.apply(split(Values.text(line), c.with(c.arg(0))));
    }
    return last;
  }
}
