package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** What {@code text =~ pattern} gives: as a list of its matches, and its own methods. */
final class MatchMethods {
  static final Methods<Matcher> MATCHES = new Methods<>(Methods.COMMON);

  static {
    MATCHES
        .add("matches", (m, c) -> m.matches())
        .add("find", (m, c) -> c.closes() ? iterated(m, "find", c) : find(m, c))
        .add("lookingAt", (m, c) -> m.lookingAt())
        .add("hitEnd", (m, c) -> m.hitEnd())
        .add("group", (m, c) -> group(m, c))
        .add("groupCount", (m, c) -> m.groupCount())
        .add("hasGroup", (m, c) -> m.groupCount() > 0)
        .add("start", (m, c) -> place(m, c, true))
        .add("end", (m, c) -> place(m, c, false))
        .add("reset", (m, c) -> m.reset())
        .add("pattern", (m, c) -> m.pattern())
        .add("getCount", (m, c) -> all(m).size())
        .add("size", (m, c) -> (long) all(m).size())
        .add("getAt", (m, c) -> Elements.get(m, c.arg(0), c.at()))
        .add("replaceAll", (m, c) -> replace(m, c, "replaceAll"))
        .add("replaceFirst", (m, c) -> replace(m, c, "replaceFirst"));
    for (String name :
        List.of(
            "collect",
            "each",
            "eachWithIndex",
            "findAll",
            "any",
            "every",
            "collectMany",
            "inject",
            "toList",
            "toSet",
            "join",
            "count",
            "grep",
            "findResult",
            "findIndexOf")) {
      MATCHES.add(name, (m, c) -> iterated(m, name, c));
    }
  }

  private MatchMethods() {}

  private static @Nullable Object iterated(Matcher m, String name, Methods.Call c) {
    return CollectionMethods.on(m, all(m), name, c);
  }

  /** The current match: its text, or a list of the text and the groups when there are groups. */
  static @Nullable Object value(Matcher m) {
    if (m.groupCount() == 0) {
      return m.group();
    }
    List<@Nullable Object> groups = new ArrayList<>();
    for (int g = 0; g <= m.groupCount(); g++) {
      groups.add(m.group(g));
    }
    return groups;
  }

  /** All matches from the start. */
  static List<@Nullable Object> all(Matcher m) {
    List<@Nullable Object> all = new ArrayList<>();
    m.reset();
    while (m.find()) {
      all.add(value(m));
    }
    m.reset();
    return all;
  }

  private static boolean find(Matcher m, Methods.Call c) {
    return c.count() == 0 ? m.find() : m.find(c.number(0));
  }

  private static @Nullable Object group(Matcher m, Methods.Call c) {
    try {
      return c.count() == 0
          ? m.group()
          : c.arg(0) instanceof String name ? m.group(name) : m.group(c.number(0));
    } catch (IllegalStateException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw c.fail(e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
    }
  }

  private static int place(Matcher m, Methods.Call c, boolean start) {
    try {
      int group = c.count() == 0 ? 0 : c.number(0);
      return start ? m.start(group) : m.end(group);
    } catch (IllegalStateException | IndexOutOfBoundsException e) {
      throw c.fail(e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable Object replace(Matcher m, Methods.Call c, String name) {
    StringBuilder text = new StringBuilder();
    m.reset();
    m.appendTail(text);
    return TextMethods.METHODS.call(text.toString(), name, c.with(m.pattern(), c.arg(0)));
  }
}
