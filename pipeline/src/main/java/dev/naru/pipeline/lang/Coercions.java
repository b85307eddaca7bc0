package dev.naru.pipeline.lang;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code as}, casts and typed variables make of a value, and {@code instanceof}. */
final class Coercions {
  private Coercions() {}

  static @Nullable Object cast(String type, @Nullable Object from, Position at) {
    Object value = LazyText.plain(from);
    if (value == null) {
      return nothing(type, at);
    }
    try {
      return switch (type) {
        case "String", "GString", "CharSequence" -> Values.text(value);
        case "char", "Character" -> letter(value, at);
        case "int", "Integer", "short", "byte", "Short", "Byte" -> whole(value);
        case "long", "Long" ->
            value instanceof Number || value instanceof Character
                ? (Object) number(value, at).longValue()
                : (Object) Long.parseLong(trimmed(value));
        case "double", "Double" -> number(value, at).doubleValue();
        case "float", "Float" -> number(value, at).floatValue();
        case "BigDecimal" ->
            value instanceof Number n
                ? Arithmetic.decimal(n)
                : Arithmetic.parse(trimmed(value), at);
        case "BigInteger" -> bigInteger(value);
        case "Number" -> value instanceof Number ? value : number(value, at);
        case "boolean", "Boolean" -> Values.truth(value);
        case "List", "ArrayList", "Collection", "LinkedList" ->
            value instanceof List && !type.equals("ArrayList") ? value : list(value, at);
        case "String[]" -> {
          List<@Nullable Object> all = new ArrayList<>();
          Operators.elements(value, at).forEach(e -> all.add(Values.text(e)));
          yield all;
        }
        case "int[]", "long[]", "Integer[]", "Long[]" -> {
          List<@Nullable Object> all = new ArrayList<>();
          String element = type.substring(0, type.length() - 2);
          Operators.elements(value, at).forEach(e -> all.add(cast(element, e, at)));
          yield all;
        }
        case "Object[]" -> list(value, at);
        case "Set", "HashSet", "LinkedHashSet" ->
            value instanceof Set ? value : Keys.set(Operators.elements(value, at));
        case "TreeSet", "SortedSet" -> Keys.sortedSet(Operators.elements(value, at), at);
        case "Queue", "Deque", "ArrayDeque" -> new ArrayList<>(Operators.elements(value, at));
        case "Map", "LinkedHashMap", "HashMap" -> map(value, at);
        case "Pattern" -> Operators.pattern(value, at);
        default -> instance(type, value, at);
      };
    } catch (NumberFormatException e) {
      throw Arithmetic.notANumber(Values.text(value), at);
    }
  }

  /** A value of that type already; what else a type may be is not known here. */
  private static Object instance(String type, Object value, Position at) {
    // A UUID is its text here, and an array a list.
    if (instanceOf(value, type) || (type.equals("UUID") && value instanceof String)) {
      return value;
    }
    if (type.endsWith("[]") && value instanceof Collection) {
      return list(value, at);
    }
    if (TypeNames.isKnown(type)) {
      throw Thrown.Failure.of(
          "GroovyCastException",
          "Cannot cast object '"
              + Values.text(value)
              + "' with class '"
              + TypeNames.qualified(Values.typeName(value))
              + "' to class '"
              + TypeNames.qualified(type)
              + "'",
          at);
    }
    throw Thrown.Failure.of(
        "RejectedAccessException",
        "nothing can be of the type '"
            + type
            + "', which is not known here"
            + Nearest.hint(type, TypeNames.known()),
        at);
  }

  private static @Nullable Object nothing(String type, Position at) {
    return switch (type) {
      case "boolean" -> false;
      case "int", "long", "double", "float", "char", "short", "byte" ->
          throw Thrown.Failure.of(
              "GroovyCastException", "Cannot cast object 'null' to class '" + type + "'", at);
      default -> null;
    };
  }

  private static Object letter(Object value, Position at) {
    if (value instanceof Number n) {
      return (char) n.intValue();
    }
    String text = Values.text(value);
    if (text.length() == 1) {
      return text.charAt(0);
    }
    throw Thrown.Failure.of(
        "GroovyCastException", "Cannot cast '" + text + "' to class 'char'", at);
  }

  private static Object whole(Object value) {
    if (value instanceof Number n) {
      return n.intValue();
    }
    return value instanceof Character c ? (int) c : Integer.parseInt(trimmed(value));
  }

  static Number number(Object value, Position at) {
    return switch (value) {
      case Number n -> n;
      case Character c -> (int) c;
      default -> Double.parseDouble(trimmed(value));
    };
  }

  private static BigInteger bigInteger(Object value) {
    return value instanceof Number n
        ? Arithmetic.integer(n)
        : Arithmetic.bounded(new BigInteger(shorter(trimmed(value))));
  }

  private static String shorter(String digits) {
    if (digits.length() > 20_000) {
      throw new Thrown.Limit("a number of more than 20000 digits");
    }
    return digits;
  }

  private static List<@Nullable Object> list(Object value, Position at) {
    return new ArrayList<>(Operators.elements(value, at));
  }

  private static Object map(Object value, Position at) {
    if (value instanceof Map) {
      return value;
    }
    if (value instanceof Collection<?> entries) {
      Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
      for (Object o : entries) {
        if (o instanceof Map.Entry<?, ?> e) {
          map.put(Keys.of(e.getKey()), e.getValue());
        }
      }
      return map;
    }
    throw Thrown.Failure.of(
        "GroovyCastException", "Cannot cast a " + Values.typeName(value) + " to Map", at);
  }

  private static String trimmed(Object value) {
    return Values.text(value).trim();
  }

  static boolean instanceOf(@Nullable Object given, String type) {
    Object value = LazyText.plain(given);
    if (value == null) {
      return false;
    }
    return switch (type) {
      case "Object", "def", "Serializable" -> true;
      case "String", "CharSequence", "GString", "Comparable" ->
          value instanceof String
              || (type.equals("CharSequence") && value instanceof StringBuilder)
              || (type.equals("Comparable")
                  && (value instanceof Number || value instanceof Boolean));
      case "Number" -> value instanceof Number;
      case "int" -> value instanceof Integer;
      case "List" -> value instanceof List;
      case "ArrayList" -> value instanceof List && !(value instanceof RangeValue);
      case "Range" -> value instanceof RangeValue;
      case "IntRange" -> value instanceof RangeValue r && r.from() instanceof Integer;
      case "Collection", "Iterable" -> value instanceof Collection;
      case "Set" -> value instanceof Set;
      case "Map" -> value instanceof Map;
      case "LinkedHashMap", "HashMap" -> value instanceof LinkedHashMap;
      case "SortedMap" -> value instanceof TreeMap;
      case "Closure" -> value instanceof Values.Callable;
      case "StringBuffer", "StringWriter" -> value instanceof StringBuilder;
      case "byte[]" -> value instanceof BytesValue;
      case "BigDecimal" -> value instanceof BigDecimal;
      case "Deque", "Queue" -> value instanceof ArrayDeque;
      case "Pattern" -> value instanceof Pattern;
      default -> value instanceof ScriptValue s ? s.isA(type) : Values.typeName(value).equals(type);
    };
  }
}
