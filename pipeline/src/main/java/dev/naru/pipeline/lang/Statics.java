package dev.naru.pipeline.lang;

import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Static methods and constants of the classes that scripts may name. */
final class Statics {
  private static final Map<String, Methods.Body<Object>> METHODS = new HashMap<>();
  private static final Set<String> TYPES = new HashSet<>();

  static {
    numbers();
    letters();
    math();
    texts();
    collections();
    world();
    TimeMethods.addTo(METHODS);
    METHODS.keySet().forEach(k -> TYPES.add(k.substring(0, k.indexOf('.'))));
    TYPES.addAll(
        List.of(
            "Object",
            "List",
            "Map",
            "Set",
            "Collection",
            "Number",
            "Short",
            "Byte",
            "Character",
            "BigDecimal",
            "BigInteger",
            "RoundingMode",
            "StringBuilder",
            "ArrayList",
            "HashMap",
            "LinkedHashMap",
            "LinkedHashSet",
            "HashSet",
            "TreeMap",
            "TreeSet",
            "Closure",
            "CharSequence",
            "GString",
            "ZoneOffset",
            "TimeUnit",
            "Random",
            "Range",
            "IntRange",
            "SimpleDateFormat",
            "Script"));
  }

  private Statics() {}

  static Set<String> types() {
    return TYPES;
  }

  static boolean isType(String name) {
    return TYPES.contains(name);
  }

  /** Whether the class has a static method of that name. */
  static boolean has(String type, String name) {
    return METHODS.containsKey(type + "." + name);
  }

  static @Nullable Object call(String type, String name, Methods.Call call) {
    Methods.Body<Object> body = METHODS.get(type + "." + name);
    if (body == null) {
      List<String> known =
          METHODS.keySet().stream()
              .filter(k -> k.startsWith(type + "."))
              .map(k -> k.substring(type.length() + 1))
              .toList();
      throw call.fail(
          "RejectedAccessException",
          "the static method " + type + "." + name + " is not allowed" + Nearest.hint(name, known));
    }
    return body.call(type, call);
  }

  private static void add(String name, Methods.Body<Object> body) {
    METHODS.put(name, body);
  }

  private static void numbers() {
    for (String type : List.of("Integer", "Long", "Double", "Float", "BigDecimal", "BigInteger")) {
      add(type + ".valueOf", (o, c) -> parsed(type, c));
    }
    add("Integer.parseInt", (o, c) -> parsed("Integer", c));
    add("Long.parseLong", (o, c) -> parsed("Long", c));
    add("Double.parseDouble", (o, c) -> parsed("Double", c));
    add("Float.parseFloat", (o, c) -> parsed("Float", c));
    for (String type : List.of("Integer", "Long")) {
      add(type + ".toString", (o, c) -> Long.toString(wide(c, 0), radix(c)));
      add(type + ".compare", (o, c) -> c.order(c.arg(0), c.arg(1)));
      add(type + ".signum", (o, c) -> Long.signum(wide(c, 0)));
    }
    add("Integer.max", (o, c) -> Math.max(c.number(0), c.number(1)));
    add("Integer.min", (o, c) -> Math.min(c.number(0), c.number(1)));
    add("Integer.sum", (o, c) -> c.number(0) + c.number(1));
    add("Integer.bitCount", (o, c) -> Integer.bitCount(c.number(0)));
    add("Integer.toHexString", (o, c) -> Integer.toHexString(c.number(0)));
    add("Integer.toBinaryString", (o, c) -> Integer.toBinaryString(c.number(0)));
    add("Integer.toOctalString", (o, c) -> Integer.toOctalString(c.number(0)));
    add("Long.toHexString", (o, c) -> Long.toHexString(wide(c, 0)));
    add("Long.toBinaryString", (o, c) -> Long.toBinaryString(wide(c, 0)));
    add("Double.compare", (o, c) -> c.order(c.arg(0), c.arg(1)));
    add("Double.isNaN", (o, c) -> Double.isNaN(real(c, 0)));
  }

  private static int radix(Methods.Call c) {
    return c.count() > 1 ? c.number(1) : 10;
  }

  /** Parsing is stricter than a cast: no blanks around, and for Integer and Long a radix. */
  private static @Nullable Object parsed(String type, Methods.Call c) {
    Object value = c.arg(0);
    if (value == null) {
      throw c.fail("NumberFormatException", "Cannot parse null string: null");
    }
    if (!(value instanceof String text)) {
      return Coercions.cast(type, value, c.at());
    }
    try {
      return switch (type) {
        case "Integer" -> (Object) Integer.parseInt(text, radix(c));
        case "Long" -> (Object) Long.parseLong(text, radix(c));
        default -> Coercions.cast(type, text, c.at());
      };
    } catch (NumberFormatException e) {
      throw Arithmetic.notANumber(text, c.at());
    }
  }

  private static Number number(Methods.Call c, int i) {
    if (c.arg(i) instanceof Number n) {
      return n;
    }
    throw c.fail("MissingMethodException", "argument " + (i + 1) + " is no number");
  }

  private static long wide(Methods.Call c, int i) {
    return number(c, i).longValue();
  }

  private static double real(Methods.Call c, int i) {
    return number(c, i).doubleValue();
  }

  private static void letters() {
    add("Boolean.parseBoolean", (o, c) -> "true".equalsIgnoreCase(text(c)));
    add(
        "Boolean.valueOf",
        (o, c) -> c.arg(0) instanceof Boolean b ? b : "true".equalsIgnoreCase(text(c)));
    add("Character.isDigit", (o, c) -> Character.isDigit(letter(c)));
    add("Character.isLetter", (o, c) -> Character.isLetter(letter(c)));
    add("Character.isLetterOrDigit", (o, c) -> Character.isLetterOrDigit(letter(c)));
    add("Character.isUpperCase", (o, c) -> Character.isUpperCase(letter(c)));
    add("Character.isLowerCase", (o, c) -> Character.isLowerCase(letter(c)));
    add("Character.isWhitespace", (o, c) -> Character.isWhitespace(letter(c)));
    add("Character.toUpperCase", (o, c) -> Character.toUpperCase(letter(c)));
    add("Character.toLowerCase", (o, c) -> Character.toLowerCase(letter(c)));
    add("Character.getNumericValue", (o, c) -> Character.digit(letter(c), 36));
    add("Character.toString", (o, c) -> String.valueOf(letter(c)));
    add("Character.valueOf", (o, c) -> letter(c));
  }

  private static @Nullable String text(Methods.Call c) {
    return c.arg(0) == null ? null : c.text(0);
  }

  private static char letter(Methods.Call c) {
    return Coercions.cast("char", c.arg(0), c.at()) instanceof Character l ? l : '\0';
  }

  private static void math() {
    add("Math.max", (o, c) -> wider(c, c.order(c.arg(0), c.arg(1)) >= 0));
    add("Math.min", (o, c) -> wider(c, c.order(c.arg(0), c.arg(1)) <= 0));
    add("Math.abs", (o, c) -> Arithmetic.absolute(primitive(number(c, 0))));
    add(
        "Math.round",
        (o, c) ->
            c.arg(0) instanceof Float f ? (Object) Math.round(f) : (Object) Math.round(real(c, 0)));
    add("Math.floor", (o, c) -> Math.floor(real(c, 0)));
    add("Math.ceil", (o, c) -> Math.ceil(real(c, 0)));
    add("Math.rint", (o, c) -> Math.rint(real(c, 0)));
    add("Math.sqrt", (o, c) -> Math.sqrt(real(c, 0)));
    add("Math.cbrt", (o, c) -> Math.cbrt(real(c, 0)));
    add("Math.pow", (o, c) -> Math.pow(real(c, 0), real(c, 1)));
    add("Math.exp", (o, c) -> Math.exp(real(c, 0)));
    add("Math.log", (o, c) -> Math.log(real(c, 0)));
    add("Math.log10", (o, c) -> Math.log10(real(c, 0)));
    add("Math.signum", (o, c) -> Math.signum(real(c, 0)));
    add("Math.sin", (o, c) -> Math.sin(real(c, 0)));
    add("Math.cos", (o, c) -> Math.cos(real(c, 0)));
    add("Math.hypot", (o, c) -> Math.hypot(real(c, 0), real(c, 1)));
    add("Math.floorMod", (o, c) -> floor(c, true));
    add("Math.floorDiv", (o, c) -> floor(c, false));
    add("Math.random", (o, c) -> new Random(c.world().random(c.at())).nextDouble());
  }

  private static Number primitive(Number n) {
    return n instanceof Integer || n instanceof Long || n instanceof Float ? n : n.doubleValue();
  }

  /** The first or the second argument, as the wider of their two types. */
  private static Object wider(Methods.Call c, boolean first) {
    Number a = primitive(number(c, 0));
    Number b = primitive(number(c, 1));
    Number picked = first ? a : b;
    if (a instanceof Double || b instanceof Double) {
      return picked.doubleValue();
    }
    if (a instanceof Float || b instanceof Float) {
      return picked.floatValue();
    }
    return a instanceof Long || b instanceof Long ? (Object) picked.longValue() : picked;
  }

  private static Object floor(Methods.Call c, boolean remainder) {
    long divisor = wide(c, 1);
    if (divisor == 0) {
      throw c.fail("ArithmeticException", "/ by zero");
    }
    long result =
        remainder ? Math.floorMod(wide(c, 0), divisor) : Math.floorDiv(wide(c, 0), divisor);
    return c.arg(0) instanceof Integer && c.arg(1) instanceof Integer
        ? (Object) (int) result
        : (Object) result;
  }

  private static void texts() {
    add("String.valueOf", (o, c) -> c.text(0));
    add(
        "String.format",
        (o, c) ->
            c.arg(0) instanceof Locale
                ? Formatting.format(c.text(1), c.args().subList(2, c.count()), c.at())
                : Formatting.format(c.text(0), c.args().subList(1, c.count()), c.at()));
    add(
        "String.join",
        (o, c) ->
            CollectionMethods.LISTS.call(
                c.arg(1) instanceof List<?> list ? list : c.args().subList(1, c.count()),
                "join",
                c.with(c.arg(0))));
    add("Pattern.compile", (o, c) -> pattern(c));
    add("Pattern.quote", (o, c) -> Pattern.quote(c.text(0)));
    add("Pattern.matches", (o, c) -> TextMethods.METHODS.call(c.text(1), "matches", c));
    add("Matcher.quoteReplacement", (o, c) -> java.util.regex.Matcher.quoteReplacement(c.text(0)));
    add("JsonOutput.toJson", (o, c) -> JsonText.of(c.arg(0), c));
    add("JsonOutput.prettyPrint", (o, c) -> JsonText.pretty(c.text(0), c));
    add("Objects.equals", (o, c) -> Values.equal(c.arg(0), c.arg(1)));
    add("Objects.toString", (o, c) -> c.count() > 1 && c.arg(0) == null ? c.arg(1) : c.text(0));
    add("Objects.hash", (o, c) -> hash(c.args()));
  }

  /** As {@link Objects#hash}; of what has no number of its own, that of its text. */
  private static int hash(List<@Nullable Object> values) {
    int hash = 1;
    for (Object value : values) {
      int one =
          switch (value) {
            case null -> 0;
            case Number n -> n.hashCode();
            case Boolean b -> b.hashCode();
            case ScriptObject o -> o.hashCode();
            default -> Values.text(value).hashCode();
          };
      hash = 31 * hash + one;
    }
    return hash;
  }

  private static Pattern pattern(Methods.Call c) {
    Pattern pattern = Operators.pattern(c.arg(0), c.at());
    return c.count() > 1 ? Pattern.compile(pattern.pattern(), c.number(1)) : pattern;
  }

  private static void collections() {
    add("Arrays.asList", (o, c) -> new ArrayList<>(c.args()));
    add("Arrays.toString", (o, c) -> c.text(0));
    add("List.of", (o, c) -> Collections.unmodifiableList(new ArrayList<>(c.args())));
    add("Set.of", (o, c) -> Collections.unmodifiableSet(Keys.set(c.args())));
    add("Collections.emptyList", (o, c) -> Collections.unmodifiableList(new ArrayList<>()));
    add("Collections.emptyMap", (o, c) -> Map.of());
    add(
        "Collections.singletonList",
        (o, c) -> Collections.unmodifiableList(new ArrayList<>(c.args())));
    for (String name : List.of("sort", "reverse", "shuffle", "max", "min", "swap")) {
      add(
          "Collections." + name,
          (o, c) -> {
            List<@Nullable Object> rest = c.args().subList(1, c.count());
            Object result = onList(name, c, rest);
            return name.equals("max") || name.equals("min") ? result : null;
          });
    }
    add("Collections.frequency", (o, c) -> onList("count", c, c.args().subList(1, c.count())));
    add("Collections.nCopies", (o, c) -> c.operator(BinaryOp.TIMES, List.of(c.arg(1)), c.arg(0)));
    add("Collections.unmodifiableList", (o, c) -> onList("asImmutable", c, List.of()));
  }

  private static @Nullable Object onList(String name, Methods.Call c, List<@Nullable Object> rest) {
    if (!(c.arg(0) instanceof List<?> list)) {
      throw c.fail("MissingMethodException", "the first argument is no list");
    }
    return CollectionMethods.LISTS.call(
        list, name, name.equals("reverse") ? c.with(true) : c.with(rest.toArray()));
  }

  private static void world() {
    add("System.currentTimeMillis", (o, c) -> c.world().nowMillis(c.at()));
    add("System.nanoTime", (o, c) -> c.world().nowMillis(c.at()) * 1_000_000);
    add("System.lineSeparator", (o, c) -> "\n");
    add("UUID.randomUUID", (o, c) -> uuid(c));
    add("UUID.fromString", (o, c) -> UUID.fromString(c.text(0)).toString());
    add(
        "UUID.nameUUIDFromBytes",
        (o, c) ->
            c.arg(0) instanceof BytesValue b ? UUID.nameUUIDFromBytes(b.bytes()).toString() : null);
    add("Date.parse", (o, c) -> DateValue.parse(c.text(0), c.text(1), "UTC", c));
    add("TimeZone.getTimeZone", (o, c) -> c.text(0));
  }

  /** Version 4 of RFC 9562. */
  private static String uuid(Methods.Call c) {
    long high = (c.world().random(c.at()) & ~0xF000L) | 0x4000L;
    long low = (c.world().random(c.at()) & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }

  /** The constant, or null when there is none of that name. */
  static @Nullable Object constant(String type, String name) {
    return switch (type + "." + name) {
      case "Integer.MAX_VALUE" -> Integer.MAX_VALUE;
      case "Integer.MIN_VALUE" -> Integer.MIN_VALUE;
      case "Long.MAX_VALUE" -> Long.MAX_VALUE;
      case "Long.MIN_VALUE" -> Long.MIN_VALUE;
      case "Double.MAX_VALUE" -> Double.MAX_VALUE;
      case "Double.NaN" -> Double.NaN;
      case "Boolean.TRUE" -> true;
      case "Boolean.FALSE" -> false;
      case "Math.PI" -> Math.PI;
      case "Math.E" -> Math.E;
      case "BigDecimal.ZERO" -> java.math.BigDecimal.ZERO;
      case "BigDecimal.ONE" -> java.math.BigDecimal.ONE;
      case "BigDecimal.TEN" -> java.math.BigDecimal.TEN;
      case "BigDecimal.ROUND_HALF_UP" -> 4;
      case "BigDecimal.ROUND_DOWN" -> 1;
      case "BigDecimal.ROUND_UP" -> 0;
      case "BigInteger.ZERO" -> java.math.BigInteger.ZERO;
      case "BigInteger.ONE" -> java.math.BigInteger.ONE;
      case "BigInteger.TEN" -> java.math.BigInteger.TEN;
      case "Pattern.CASE_INSENSITIVE" -> Pattern.CASE_INSENSITIVE;
      case "Pattern.MULTILINE" -> Pattern.MULTILINE;
      case "Pattern.DOTALL" -> Pattern.DOTALL;
      case "Locale.ROOT", "Locale.ENGLISH", "Locale.US" -> Locale.ROOT;
      default ->
          type.equals("RoundingMode") ? rounding(name) : TimeMethods.constant(type + "." + name);
    };
  }

  private static @Nullable Object rounding(String name) {
    for (RoundingMode mode : RoundingMode.values()) {
      if (mode.name().equals(name)) {
        return mode;
      }
    }
    return null;
  }
}
