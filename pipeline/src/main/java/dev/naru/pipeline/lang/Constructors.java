package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What {@code new} makes. */
final class Constructors {
  private static final Map<String, Methods.Body<Object>> TABLE = new HashMap<>();
  static final Methods<Random> RANDOM = new Methods<>(Methods.COMMON);
  static final Methods<JsonSlurper> SLURPER = new Methods<>(Methods.COMMON);
  static final Methods<JsonBuilder> BUILDER = new Methods<>(Methods.COMMON);

  /** Reads JSON. */
  record JsonSlurper() {}

  /** Writes {@code content} as JSON. */
  record JsonBuilder(@Nullable Object content) {}

  static {
    for (String name : new String[] {"ArrayList", "LinkedList", "ArrayDeque", "Stack", "Vector"}) {
      TABLE.put(name, (o, c) -> new ArrayList<>(given(c)));
    }
    TABLE.put("HashSet", (o, c) -> Keys.set(given(c)));
    TABLE.put("LinkedHashSet", (o, c) -> Keys.set(given(c)));
    TABLE.put("TreeSet", (o, c) -> Keys.sortedSet(given(c), c.at()));
    for (String name : new String[] {"HashMap", "LinkedHashMap", "ConcurrentHashMap"}) {
      TABLE.put(
          name,
          (o, c) ->
              c.count() > 0 && c.arg(0) instanceof Map<?, ?> m
                  ? new LinkedHashMap<>(m)
                  : new LinkedHashMap<>());
    }
    TABLE.put("TreeMap", (o, c) -> sortedMap(c));
    TABLE.put("String", (o, c) -> text(c));
    for (String name : new String[] {"StringBuilder", "StringBuffer", "StringWriter"}) {
      TABLE.put(name, (o, c) -> builder(c));
    }
    TABLE.put("BigDecimal", (o, c) -> decimal(c));
    TABLE.put("BigInteger", (o, c) -> Coercions.cast("BigInteger", c.text(0), c.at()));
    TABLE.put("Integer", (o, c) -> Coercions.cast("int", c.arg(0), c.at()));
    TABLE.put("Date", (o, c) -> date(c));
    TABLE.put("SimpleDateFormat", (o, c) -> new DateValue.Format(c.text(0)));
    TABLE.put(
        "Random",
        (o, c) ->
            new Random(
                c.count() > 0 && c.arg(0) instanceof Number n
                    ? n.longValue()
                    : c.world().random(c.at())));
    TABLE.put("JsonSlurper", (o, c) -> new JsonSlurper());
    TABLE.put("JsonSlurperClassic", (o, c) -> new JsonSlurper());
    TABLE.put("JsonBuilder", (o, c) -> new JsonBuilder(c.count() == 0 ? null : c.arg(0)));
    RANDOM
        .add("nextInt", (r, c) -> nextInt(r, c))
        .add("nextBoolean", (r, c) -> r.nextBoolean())
        .add("nextLong", (r, c) -> r.nextLong())
        .add("nextDouble", (r, c) -> r.nextDouble());
    SLURPER.add("parseText", (s, c) -> JsonReader.parse(c.text(0), c));
    BUILDER
        .add("toString", (b, c) -> JsonText.of(b.content(), c))
        .add("toPrettyString", (b, c) -> JsonText.pretty(JsonText.of(b.content(), c), c))
        .add("getContent", (b, c) -> b.content());
  }

  private Constructors() {}

  /** The new value; null when there is no such class here. */
  static @Nullable Object make(String type, Methods.Call call) {
    Methods.Body<Object> body = TABLE.get(type);
    return body == null ? null : body.call(type, call);
  }

  static Collection<String> names() {
    return TABLE.keySet();
  }

  private static Collection<? extends @Nullable Object> given(Methods.Call c) {
    return c.count() > 0 && c.arg(0) instanceof Collection<?> given ? given : new ArrayList<>();
  }

  private static Object sortedMap(Methods.Call c) {
    Map<@Nullable Object, @Nullable Object> map = new TreeMap<>(c::order);
    if (c.count() > 0 && c.arg(0) instanceof Map<?, ?> m) {
      map.putAll(m);
    }
    return map;
  }

  private static StringBuilder builder(Methods.Call c) {
    boolean empty = c.count() == 0 || c.arg(0) instanceof Number;
    return empty ? new StringBuilder() : new StringBuilder(c.text(0));
  }

  private static String text(Methods.Call c) {
    if (c.count() == 0) {
      return "";
    }
    return c.arg(0) instanceof BytesValue b ? b.text() : c.text(0);
  }

  private static @Nullable Object decimal(Methods.Call c) {
    return c.arg(0) instanceof Double d
        ? Arithmetic.bounded(new java.math.BigDecimal(d))
        : Arithmetic.parse(c.text(0), c.at());
  }

  private static Object date(Methods.Call c) {
    if (c.count() == 0) {
      return new DateValue(c.world().nowMillis(c.at()));
    }
    if (c.arg(0) instanceof Number n) {
      return new DateValue(n.longValue());
    }
    throw c.fail("RejectedAccessException", "new Date(…) takes nothing or milliseconds");
  }

  private static int nextInt(Random r, Methods.Call c) {
    if (c.count() == 0) {
      return r.nextInt();
    }
    if (c.number(c.count() - 1) <= (c.count() > 1 ? c.number(0) : 0)) {
      throw c.fail("IllegalArgumentException", "bound must be positive");
    }
    return c.count() > 1 ? r.nextInt(c.number(0), c.number(1)) : r.nextInt(c.number(0));
  }
}
