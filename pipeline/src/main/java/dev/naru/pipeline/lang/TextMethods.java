package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The methods of strings, numbers and pattern matches. */
final class TextMethods {
  static final Methods<String> METHODS = new Methods<>(Methods.COMMON);
  static final Methods<Number> NUMBERS = new Methods<>(Methods.COMMON);
  static final Methods<Matcher> MATCHES = new Methods<>(Methods.COMMON);

  static {
    METHODS
        .add("trim", (s, c) -> s.trim())
        .add("strip", (s, c) -> s.strip())
        .add("stripIndent", (s, c) -> s.stripIndent())
        .add("length", (s, c) -> s.length())
        .add("size", (s, c) -> s.length())
        .add("isEmpty", (s, c) -> s.isEmpty())
        .add("isBlank", (s, c) -> s.isBlank())
        .add("allWhitespace", (s, c) -> s.isBlank())
        .add("toUpperCase", (s, c) -> s.toUpperCase(Locale.ROOT))
        .add("toLowerCase", (s, c) -> s.toLowerCase(Locale.ROOT))
        .add("contains", (s, c) -> s.contains(c.text(0)))
        .add("startsWith", (s, c) -> s.startsWith(c.text(0)))
        .add("endsWith", (s, c) -> s.endsWith(c.text(0)))
        .add("indexOf", (s, c) -> s.indexOf(c.text(0)))
        .add("lastIndexOf", (s, c) -> s.lastIndexOf(c.text(0)))
        .add("equalsIgnoreCase", (s, c) -> s.equalsIgnoreCase(c.text(0)))
        .add("compareTo", (s, c) -> s.compareTo(c.text(0)))
        .add("concat", (s, c) -> s + c.text(0))
        .add("reverse", (s, c) -> new StringBuilder(s).reverse().toString())
        .add("substring", TextMethods::substring)
        .add("take", (s, c) -> s.substring(0, Math.clamp(c.number(0), 0, s.length())))
        .add("drop", (s, c) -> s.substring(Math.clamp(c.number(0), 0, s.length())))
        .add(
            "takeRight", (s, c) -> s.substring(s.length() - Math.clamp(c.number(0), 0, s.length())))
        .add("charAt", (s, c) -> substring(s, c.number(0), c.number(0) + 1, c))
        .add("split", (s, c) -> split(s, c))
        .add("tokenize", TextMethods::tokenize)
        .add("readLines", (s, c) -> lines(s))
        .add("lines", (s, c) -> lines(s))
        .add("splitEachLine", (s, c) -> eachLine(s, c))
        .add("eachLine", (s, c) -> eachLine(s, c))
        .add("replace", (s, c) -> s.replace(c.text(0), c.text(1)))
        .add("replaceAll", (s, c) -> replace(s, c, true))
        .add("replaceFirst", (s, c) -> replace(s, c, false))
        .add("matches", (s, c) -> matcher(s, c).matches())
        .add("find", (s, c) -> found(s, c))
        .add("findAll", (s, c) -> foundAll(s, c))
        .add("toInteger", (s, c) -> Operators.cast("int", s, c.at()))
        .add("toLong", (s, c) -> Operators.cast("long", s, c.at()))
        .add("toDouble", (s, c) -> Operators.cast("double", s, c.at()))
        .add("toBigDecimal", (s, c) -> Operators.cast("BigDecimal", s, c.at()))
        .add(
            "toBoolean",
            (s, c) -> List.of("true", "y", "1").contains(s.trim().toLowerCase(Locale.ROOT)))
        .add("isNumber", (s, c) -> s.trim().matches("[-+]?\\d+(\\.\\d+)?"))
        .add("isInteger", (s, c) -> s.trim().matches("[-+]?\\d{1,10}"))
        .add("capitalize", (s, c) -> capitalize(s, true))
        .add("uncapitalize", (s, c) -> capitalize(s, false))
        .add("padLeft", (s, c) -> pad(s, c) + s)
        .add("padRight", (s, c) -> s + pad(s, c))
        .add("center", (s, c) -> pad(s, c).substring(pad(s, c).length() / 2) + s)
        .add("repeat", (s, c) -> repeated(s, c))
        .add("multiply", (s, c) -> repeated(s, c))
        .add("plus", (s, c) -> s + c.text(0))
        .add("minus", (s, c) -> Operators.binary(BinaryOp.MINUS, s, c.arg(0), c.at(), c.tick()))
        .add(
            "count",
            (s, c) ->
                (s.length() - s.replace(c.text(0), "").length()) / Math.max(1, c.text(0).length()))
        .add("toList", (s, c) -> new ArrayList<>(Operators.elements(s, c.at())))
        .add("each", (s, c) -> CollectionMethods.each(Operators.elements(s, c.at()), s, c))
        .add("collect", (s, c) -> CollectionMethods.collect(Operators.elements(s, c.at()), c))
        .add("any", (s, c) -> Operators.elements(s, c.at()).stream().anyMatch(c::test))
        .add(
            "getBytes",
            (s, c) -> {
              throw c.fail("RejectedAccessException", "bytes of strings are not supported");
            })
        .add("format", (s, c) -> format(s, c.args(), c.at()))
        .add("formatted", (s, c) -> format(s, c.args(), c.at()))
        .add(
            "stripMargin",
            (s, c) ->
                s.lines()
                    .map(l -> l.replaceFirst("^\\s*\\|", ""))
                    .reduce((a, b) -> a + "\n" + b)
                    .orElse(""));

    NUMBERS
        .add("intValue", (n, c) -> n.intValue())
        .add("longValue", (n, c) -> n.longValue())
        .add("doubleValue", (n, c) -> n.doubleValue())
        .add("toInteger", (n, c) -> n.intValue())
        .add("toLong", (n, c) -> n.longValue())
        .add(
            "abs",
            (n, c) -> n.doubleValue() < 0 ? Values.arithmetic(BinaryOp.MINUS, 0, n, c.at()) : n)
        .add("round", (n, c) -> Math.round(n.doubleValue()))
        .add("compareTo", (n, c) -> Integer.signum(Values.compare(n, c.arg(0), c.at())))
        .add("plus", (n, c) -> Operators.binary(BinaryOp.PLUS, n, c.arg(0), c.at(), c.tick()))
        .add("minus", (n, c) -> Operators.binary(BinaryOp.MINUS, n, c.arg(0), c.at(), c.tick()))
        .add("multiply", (n, c) -> Operators.binary(BinaryOp.TIMES, n, c.arg(0), c.at(), c.tick()))
        .add("div", (n, c) -> Operators.binary(BinaryOp.DIVIDE, n, c.arg(0), c.at(), c.tick()))
        .add("mod", (n, c) -> Operators.binary(BinaryOp.REMAINDER, n, c.arg(0), c.at(), c.tick()))
        .add("intdiv", (n, c) -> intdiv(n, c))
        .add("times", (n, c) -> times(n, c))
        .add("upto", (n, c) -> upto(n, c));

    MATCHES
        .add("matches", (m, c) -> m.matches())
        .add("find", (m, c) -> m.find())
        .add("group", (m, c) -> group(m, c))
        .add("groupCount", (m, c) -> m.groupCount())
        .add("hasGroup", (m, c) -> m.groupCount() > 0)
        .add("getCount", (m, c) -> Operators.elements(m, c.at()).size())
        .add("size", (m, c) -> Operators.elements(m, c.at()).size())
        .add("collect", (m, c) -> CollectionMethods.collect(Operators.elements(m, c.at()), c))
        .add("each", (m, c) -> CollectionMethods.each(Operators.elements(m, c.at()), m, c));
  }

  private TextMethods() {}

  private static Object substring(String s, Methods.Call c) {
    return substring(s, c.number(0), c.count() > 1 ? c.number(1) : s.length(), c);
  }

  private static String substring(String s, int from, int to, Methods.Call c) {
    if (from < 0 || to > s.length() || from > to) {
      throw c.fail(
          "StringIndexOutOfBoundsException",
          "begin " + from + ", end " + to + ", length " + s.length());
    }
    return s.substring(from, to);
  }

  private static List<@Nullable Object> split(String s, Methods.Call c) {
    Pattern pattern =
        c.count() == 0 ? Pattern.compile("\\s+") : Operators.pattern(c.arg(0), c.at());
    String text = c.count() == 0 ? s.strip() : s;
    int limit = c.count() > 1 ? c.number(1) : 0;
    List<@Nullable Object> parts = new ArrayList<>();
    for (String part : pattern.split(new Operators.CountedText(text, c.tick()), limit)) {
      parts.add(part);
    }
    return parts;
  }

  private static List<@Nullable Object> tokenize(String s, Methods.Call c) {
    List<@Nullable Object> parts = new ArrayList<>();
    java.util.StringTokenizer tokens =
        new java.util.StringTokenizer(s, c.count() == 0 ? " \t\n\r\f" : c.text(0));
    while (tokens.hasMoreTokens()) {
      parts.add(tokens.nextToken());
    }
    return parts;
  }

  private static List<@Nullable Object> lines(String s) {
    return new ArrayList<>(s.lines().toList());
  }

  private static @Nullable Object eachLine(String s, Methods.Call c) {
    return CollectionMethods.each(lines(s), null, c);
  }

  private static Matcher matcher(String s, Methods.Call c) {
    return Operators.pattern(c.arg(0), c.at()).matcher(new Operators.CountedText(s, c.tick()));
  }

  private static String replace(String s, Methods.Call c, boolean all) {
    Matcher m = matcher(s, c);
    try {
      if (c.arg(1) instanceof Values.Callable closure) {
        return m.replaceAll(
            r ->
                Matcher.quoteReplacement(
                    Values.text(closure.call(Collections.singletonList(r.group())))));
      }
      return all ? m.replaceAll(c.text(1)) : m.replaceFirst(c.text(1));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw c.fail("IllegalArgumentException", String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable Object found(String s, Methods.Call c) {
    Matcher m = matcher(s, c);
    return m.find() ? m.group() : null;
  }

  private static Object foundAll(String s, Methods.Call c) {
    return new ArrayList<>(Operators.elements(matcher(s, c), c.at()));
  }

  private static String capitalize(String s, boolean up) {
    if (s.isEmpty()) {
      return s;
    }
    char first = s.charAt(0);
    return (up ? Character.toUpperCase(first) : Character.toLowerCase(first)) + s.substring(1);
  }

  private static String pad(String s, Methods.Call c) {
    int missing = Math.clamp((long) c.number(0) - s.length(), 0, 10_000);
    String with = c.count() > 1 ? c.text(1) : " ";
    return with.isEmpty() ? "" : with.repeat(missing).substring(0, missing);
  }

  private static @Nullable Object repeated(String s, Methods.Call c) {
    return Operators.binary(BinaryOp.TIMES, s, c.number(0), c.at(), c.tick());
  }

  static String format(String format, List<@Nullable Object> args, Position at) {
    try {
      Object[] values =
          args.size() == 1 && args.getFirst() instanceof List<?> list
              ? list.toArray()
              : args.toArray();
      return String.format(Locale.ROOT, widthsBounded(format, at), values);
    } catch (IllegalFormatException e) {
      throw Thrown.Failure.of("IllegalFormatException", String.valueOf(e.getMessage()), at);
    }
  }

  private static String widthsBounded(String format, Position at) {
    if (Pattern.compile("%[^a-zA-Z%]*\\d{5,}").matcher(format).find()) {
      throw new Thrown.Limit("a format width of more than 9999 at " + at);
    }
    return format;
  }

  private static Object intdiv(Number n, Methods.Call c) {
    long divisor = c.arg(0) instanceof Number d ? d.longValue() : 0;
    if (divisor == 0) {
      throw c.fail("ArithmeticException", "Division by zero");
    }
    long value = n.longValue() / divisor;
    return value == (int) value ? (Object) (int) value : (Object) value;
  }

  private static @Nullable Object times(Number n, Methods.Call c) {
    for (int i = 0; i < n.intValue(); i++) {
      c.tick().run();
      c.apply(i);
    }
    return null;
  }

  private static @Nullable Object upto(Number n, Methods.Call c) {
    for (int i = n.intValue(); i <= c.number(0); i++) {
      c.tick().run();
      c.apply(i);
    }
    return null;
  }

  private static @Nullable Object group(Matcher m, Methods.Call c) {
    try {
      return c.count() == 0
          ? m.group()
          : c.arg(0) instanceof String name ? m.group(name) : m.group(c.number(0));
    } catch (IllegalStateException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw c.fail("IllegalStateException", String.valueOf(e.getMessage()));
    }
  }
}
