package dev.naru.pipeline.lang;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** The methods of strings that need no pattern; those that do are in {@link PatternMethods}. */
final class TextMethods {
  static final Methods<String> METHODS = new Methods<>(Methods.COMMON);

  static {
    asking();
    cutting();
    making();
    reading();
    iterating();
    PatternMethods.addTo(METHODS);
  }

  private TextMethods() {}

  private static void asking() {
    METHODS
        .add("length", (s, c) -> s.length())
        .add("size", (s, c) -> s.length())
        .add("isEmpty", (s, c) -> s.isEmpty())
        .add("isBlank", (s, c) -> s.isBlank())
        .add("allWhitespace", (s, c) -> s.isBlank())
        .add("isAllWhitespace", (s, c) -> s.isBlank())
        .add("contains", (s, c) -> s.contains(c.text(0)))
        .add("containsIgnoreCase", (s, c) -> lower(s).contains(lower(c.text(0))))
        .add("startsWith", (s, c) -> s.startsWith(c.text(0), c.count() > 1 ? c.number(1) : 0))
        .add("endsWith", (s, c) -> s.endsWith(c.text(0)))
        .add("startsWithIgnoreCase", (s, c) -> lower(s).startsWith(lower(c.text(0))))
        .add("endsWithIgnoreCase", (s, c) -> lower(s).endsWith(lower(c.text(0))))
        .add(
            "startsWithAny",
            (s, c) -> c.args().stream().anyMatch(p -> s.startsWith(Values.text(p))))
        .add("endsWithAny", (s, c) -> c.args().stream().anyMatch(p -> s.endsWith(Values.text(p))))
        .add("indexOf", (s, c) -> s.indexOf(part(c), c.count() > 1 ? c.number(1) : 0))
        .add(
            "lastIndexOf",
            (s, c) -> s.lastIndexOf(part(c), c.count() > 1 ? c.number(1) : s.length()))
        .add("equalsIgnoreCase", (s, c) -> c.arg(0) != null && s.equalsIgnoreCase(c.text(0)))
        .add("compareTo", (s, c) -> s.compareTo(c.text(0)))
        .add("compareToIgnoreCase", (s, c) -> s.compareToIgnoreCase(c.text(0)))
        .add("contentEquals", (s, c) -> s.contentEquals(c.text(0)))
        .add("hashCode", (s, c) -> s.hashCode())
        .add("count", (s, c) -> count(s, c.text(0)))
        .add("codePointAt", (s, c) -> (int) letter(s, c).charAt(0));
  }

  private static String lower(String s) {
    return s.toLowerCase(Locale.ROOT);
  }

  /** What is searched for: a text, or the number of a letter. */
  private static String part(Methods.Call c) {
    return c.arg(0) instanceof Integer i ? Character.toString(i) : c.text(0);
  }

  private static int count(String s, String part) {
    int found = 0;
    for (int i = s.indexOf(part); i >= 0 && !part.isEmpty(); i = s.indexOf(part, i + 1)) {
      found++;
    }
    return part.isEmpty() ? s.length() + 1 : found;
  }

  private static void cutting() {
    METHODS
        .add("trim", (s, c) -> s.trim())
        .add("strip", (s, c) -> s.strip())
        .add("stripLeading", (s, c) -> s.stripLeading())
        .add("stripTrailing", (s, c) -> s.stripTrailing())
        .add("substring", (s, c) -> substring(s, c))
        .add("subSequence", (s, c) -> substring(s, c))
        .add("take", (s, c) -> s.substring(0, Math.clamp(c.number(0), 0, s.length())))
        .add("drop", (s, c) -> s.substring(Math.clamp(c.number(0), 0, s.length())))
        .add(
            "takeRight", (s, c) -> s.substring(s.length() - Math.clamp(c.number(0), 0, s.length())))
        .add(
            "dropRight",
            (s, c) -> s.substring(0, s.length() - Math.clamp(c.number(0), 0, s.length())))
        .add("takeWhile", (s, c) -> s.substring(0, prefix(s, c)))
        .add("dropWhile", (s, c) -> s.substring(prefix(s, c)))
        .add("takeBefore", (s, c) -> beside(s, s.indexOf(c.text(0)), true, c))
        .add("takeAfter", (s, c) -> beside(s, s.indexOf(c.text(0)), false, c))
        .add("takeBeforeLast", (s, c) -> beside(s, s.lastIndexOf(c.text(0)), true, c))
        .add("takeAfterLast", (s, c) -> beside(s, s.lastIndexOf(c.text(0)), false, c))
        .add("takeBetween", (s, c) -> between(s, c))
        .add("charAt", (s, c) -> letter(s, c).charAt(0))
        .add("getAt", (s, c) -> Elements.get(s, c.arg(0), c.at()))
        .add("split", (s, c) -> PatternMethods.split(s, c))
        .add("tokenize", (s, c) -> tokenize(s, c))
        .add("readLines", (s, c) -> lines(s))
        .add("lines", (s, c) -> lines(s))
        .add(
            "stripIndent",
            (s, c) -> c.count() == 0 ? s.stripIndent() : Formatting.stripIndent(s, c))
        .add("stripMargin", (s, c) -> Formatting.stripMargin(s, c));
  }

  private static int prefix(String s, Methods.Call c) {
    int i = 0;
    while (i < s.length() && c.test(String.valueOf(s.charAt(i)))) {
      i++;
    }
    return i;
  }

  private static String beside(String s, int found, boolean before, Methods.Call c) {
    if (found < 0 || c.text(0).isEmpty()) {
      return "";
    }
    return before ? s.substring(0, found) : s.substring(found + c.text(0).length());
  }

  private static String between(String s, Methods.Call c) {
    String from = c.text(0);
    String to = c.count() > 1 ? c.text(1) : from;
    int start = s.indexOf(from);
    int end = start < 0 ? -1 : s.indexOf(to, start + from.length());
    return end < 0 ? "" : s.substring(start + from.length(), end);
  }

  private static String substring(String s, Methods.Call c) {
    return substring(s, c.number(0), c.count() > 1 ? c.number(1) : s.length(), c);
  }

  private static String letter(String s, Methods.Call c) {
    return substring(s, c.number(0), c.number(0) + 1, c);
  }

  private static String substring(String s, int from, int to, Methods.Call c) {
    if (from < 0 || to > s.length() || from > to) {
      throw c.fail(
          "StringIndexOutOfBoundsException",
          "begin " + from + ", end " + to + ", length " + s.length());
    }
    return s.substring(from, to);
  }

  private static List<@Nullable Object> tokenize(String s, Methods.Call c) {
    List<@Nullable Object> parts = new ArrayList<>();
    StringTokenizer tokens = new StringTokenizer(s, c.count() == 0 ? " \t\n\r\f" : c.text(0));
    while (tokens.hasMoreTokens()) {
      parts.add(tokens.nextToken());
    }
    return parts;
  }

  static List<@Nullable Object> lines(String s) {
    return new ArrayList<>(s.lines().toList());
  }

  private static void making() {
    METHODS
        .add("toUpperCase", (s, c) -> s.toUpperCase(Locale.ROOT))
        .add("toLowerCase", (s, c) -> lower(s))
        .add("concat", (s, c) -> s + c.text(0))
        .add("reverse", (s, c) -> new StringBuilder(s).reverse().toString())
        .add("replace", (s, c) -> replaced(s, c))
        .add("capitalize", (s, c) -> capitalize(s, true))
        .add("uncapitalize", (s, c) -> capitalize(s, false))
        .add("padLeft", (s, c) -> Formatting.pad(s, c, c.number(0) - s.length(), 0))
        .add("padRight", (s, c) -> Formatting.pad(s, c, 0, c.number(0) - s.length()))
        .add("center", (s, c) -> Formatting.center(s, c))
        .add("repeat", (s, c) -> c.operator(BinaryOp.TIMES, s, c.number(0)))
        .add("multiply", (s, c) -> c.operator(BinaryOp.TIMES, s, c.arg(0)))
        .add("plus", (s, c) -> s + c.text(0))
        .add("minus", (s, c) -> c.operator(BinaryOp.MINUS, s, c.arg(0)))
        .add("next", (s, c) -> neighbour(s, 1))
        .add("previous", (s, c) -> neighbour(s, -1))
        .add("tr", (s, c) -> Formatting.tr(s, c))
        .add("denormalize", (s, c) -> Formatting.normalize(s))
        .add("normalize", (s, c) -> Formatting.normalize(s))
        .add("expand", (s, c) -> Formatting.expand(s, c.count() > 0 ? c.number(0) : 8, c))
        .add("unexpand", (s, c) -> Formatting.unexpand(s, c.count() > 0 ? c.number(0) : 8, c))
        .add("formatted", (s, c) -> Formatting.format(s, c.args(), c.at()))
        .add("intern", (s, c) -> s)
        .add("getBytes", (s, c) -> new BytesValue(s.getBytes(StandardCharsets.UTF_8)))
        .add("decodeBase64", (s, c) -> decoded(s, c));
  }

  private static Object decoded(String s, Methods.Call c) {
    try {
      return new BytesValue(Base64.getMimeDecoder().decode(s));
    } catch (IllegalArgumentException e) {
      throw c.fail("RuntimeException", "bad character in base64 value");
    }
  }

  private static String replaced(String s, Methods.Call c) {
    if (c.count() == 1) {
      String all = s;
      for (Map.Entry<?, ?> e : c.map(0).entrySet()) {
        all = replaced(all, c.with(Values.text(e.getKey()), Values.text(e.getValue())));
      }
      return all;
    }
    String what = c.text(0);
    String with = c.text(1);
    Limits.text(s.length() + (long) count(s, what) * Math.max(0, with.length() - what.length()));
    return s.replace(what, with);
  }

  private static String capitalize(String s, boolean up) {
    if (s.isEmpty()) {
      return s;
    }
    char first = s.charAt(0);
    return (up ? Character.toUpperCase(first) : Character.toLowerCase(first)) + s.substring(1);
  }

  static String neighbour(String s, int by) {
    if (s.isEmpty()) {
      return String.valueOf(Character.MIN_VALUE);
    }
    int last = s.length() - 1;
    return s.substring(0, last) + (char) (s.charAt(last) + by);
  }

  private static void reading() {
    METHODS
        .add("toInteger", (s, c) -> Coercions.cast("int", s, c.at()))
        .add("toLong", (s, c) -> Coercions.cast("long", s, c.at()))
        .add("toDouble", (s, c) -> Coercions.cast("double", s, c.at()))
        .add("toFloat", (s, c) -> Coercions.cast("float", s, c.at()))
        .add("toBigDecimal", (s, c) -> Coercions.cast("BigDecimal", s, c.at()))
        .add("toBigInteger", (s, c) -> Coercions.cast("BigInteger", s, c.at()))
        .add("asType", (s, c) -> Coercions.cast(type(c.arg(0)), s, c.at()))
        .add("toBoolean", (s, c) -> List.of("true", "y", "1").contains(lower(s.trim())))
        .add("isNumber", (s, c) -> reads("BigDecimal", s, c))
        .add("isBigDecimal", (s, c) -> reads("BigDecimal", s, c))
        .add("isDouble", (s, c) -> reads("double", s, c))
        .add("isFloat", (s, c) -> reads("float", s, c))
        .add("isInteger", (s, c) -> reads("int", s, c))
        .add("isLong", (s, c) -> reads("long", s, c))
        .add("isBigInteger", (s, c) -> reads("BigInteger", s, c));
  }

  static String type(@Nullable Object type) {
    return type instanceof Values.TypeValue t ? t.name() : Values.text(type);
  }

  private static boolean reads(String type, String s, Methods.Call c) {
    try {
      Coercions.cast(type, s, c.at());
      return true;
    } catch (Thrown.Failure e) {
      return false;
    }
  }

  private static void iterating() {
    METHODS
        .add("toList", (s, c) -> letters(s))
        .add("toSet", (s, c) -> Keys.set(letters(s)))
        .add("chars", (s, c) -> letters(s))
        .add("getChars", (s, c) -> letters(s))
        .add("toCharArray", (s, c) -> letters(s))
        .add("eachLine", (s, c) -> eachLine(s, c))
        .add("collect", (s, c) -> CollectionMethods.COLLECTIONS.call(letters(s), "collect", c));
    for (String name :
        List.of(
            "any",
            "every",
            "inject",
            "sum",
            "groupBy",
            "join",
            "findResult",
            "collectMany",
            "collectEntries",
            "findIndexOf",
            "findIndexValues",
            "grep",
            "max",
            "min",
            "toSorted",
            "first",
            "last",
            "withIndex",
            "indexed",
            "each",
            "eachWithIndex",
            "reverseEach")) {
      METHODS.add(name, (s, c) -> CollectionMethods.on(s, letters(s), name, c));
    }
  }

  static List<@Nullable Object> letters(String s) {
    List<@Nullable Object> all = new ArrayList<>(s.length());
    for (int i = 0; i < s.length(); i++) {
      all.add(String.valueOf(s.charAt(i)));
    }
    return all;
  }

  private static @Nullable Object eachLine(String s, Methods.Call c) {
    Collection<@Nullable Object> lines = lines(s);
    int number = c.count() > 1 ? c.number(0) : 0;
    @Nullable Object last = null;
    for (Object line : lines) {
      c.tick().run();
      last =
          c.closure(c.count() - 1).parameterCount() == 2 ? c.call(line, number++) : c.apply(line);
    }
    return last;
  }
}
