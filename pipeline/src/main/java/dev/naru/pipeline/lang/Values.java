package dev.naru.pipeline.lang;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Groovy's meaning of values: truth, text, equality, order and arithmetic. */
final class Values {
  private Values() {}

  static boolean truth(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean b -> b;
      case String s -> !s.isEmpty();
      case Number n -> n.doubleValue() != 0;
      case Character c -> c != 0;
      case CharSequence c -> !c.isEmpty();
      case Collection<?> c -> !c.isEmpty();
      case Map<?, ?> m -> !m.isEmpty();
      case Matcher m -> m.find();
      default -> true;
    };
  }

  static String text(@Nullable Object value) {
    return Printing.text(value);
  }

  static boolean equal(@Nullable Object a, @Nullable Object b) {
    return new Equality(false).of(LazyText.plain(a), LazyText.plain(b));
  }

  /** Java's equality, by which collections find their elements: 1, 1L and 1.0 are three values. */
  static boolean same(@Nullable Object a, @Nullable Object b) {
    return new Equality(true).of(LazyText.plain(a), LazyText.plain(b));
  }

  /** Equality of what may hold one list many times: how much is compared is bounded. */
  private static final class Equality {
    private final boolean byType;
    private int nodes;

    Equality(boolean byType) {
      this.byType = byType;
    }

    boolean of(@Nullable Object a, @Nullable Object b) {
      if (a == b) {
        return true;
      }
      if (++nodes > Limits.ELEMENTS_MAX) {
        throw new Thrown.Limit("a comparison of more than " + Limits.ELEMENTS_MAX + " values");
      }
      if (a == null || b == null) {
        return false;
      }
      if (!byType && a instanceof Number x && b instanceof Number y) {
        return Arithmetic.compare(x, y) == 0;
      }
      if (a instanceof List<?> x && b instanceof List<?> y) {
        return lists(x, y);
      }
      if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
        return x.size() == y.size()
            && x.entrySet().stream()
                .allMatch(e -> y.containsKey(e.getKey()) && of(e.getValue(), y.get(e.getKey())));
      }
      if (a instanceof Set<?> x && b instanceof Set<?> y) {
        return x.size() == y.size()
            && x.stream()
                .allMatch(e -> y.contains(e) || y.stream().anyMatch(other -> of(e, other)));
      }
      if (!byType && (a instanceof Character || b instanceof Character)) {
        return letters(a, b);
      }
      return Objects.equals(a, b);
    }

    private boolean lists(List<?> x, List<?> y) {
      if (x.size() != y.size()) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        if (!of(x.get(i), y.get(i))) {
          return false;
        }
      }
      return true;
    }

    private static boolean letters(Object a, Object b) {
      if (a instanceof Number || b instanceof Number) {
        return compare(a, b, Position.START) == 0;
      }
      return (a instanceof String || a instanceof Character)
          && (b instanceof String || b instanceof Character)
          && a.toString().equals(b.toString());
    }
  }

  @SuppressWarnings("unchecked") // both are of one class, which compares with itself
  static int compare(@Nullable Object a, @Nullable Object b, Position at) {
    if (a == b) {
      return 0;
    }
    if (a == null || b == null) {
      return a == null ? -1 : 1;
    }
    Object x = a instanceof Character c && b instanceof Number ? (Object) (int) c : a;
    Object y = b instanceof Character c && a instanceof Number ? (Object) (int) c : b;
    x = x instanceof Character && y instanceof String ? x.toString() : x;
    y = y instanceof Character && x instanceof String ? y.toString() : y;
    if (x instanceof Number n && y instanceof Number m) {
      return Arithmetic.compare(n, m);
    }
    if (x instanceof Number n && y instanceof String s && s.length() == 1) {
      return Arithmetic.compare(n, (int) s.charAt(0));
    }
    if (x instanceof String s && y instanceof Number n && s.length() == 1) {
      return Arithmetic.compare((int) s.charAt(0), n);
    }
    if (x instanceof Comparable<?> c && x.getClass() == y.getClass()) {
      return ((Comparable<Object>) c).compareTo(y);
    }
    if (a instanceof ScriptObject object) {
      return object.compareWith(b);
    }
    throw Thrown.Failure.of(
        "IllegalArgumentException", "Cannot compare " + described(a) + " with " + described(b), at);
  }

  private static String described(Object value) {
    return typeName(value) + " with value '" + text(value) + "'";
  }

  /** The operator's method of numbers and letters. */
  static Number arithmetic(BinaryOp op, Number a, Number b, Position at) {
    return Arithmetic.binary(op, a, b, at);
  }

  static Thrown.Failure unsupported(
      BinaryOp op, @Nullable Object a, @Nullable Object b, Position at) {
    return Thrown.Failure.of(
        "MissingMethodException",
        "No operator '" + op.symbol() + "' for " + typeName(a) + " and " + typeName(b),
        at);
  }

  /** What scripts call the type of a value. */
  static String typeName(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String s -> "String";
      case LazyText s -> "GStringImpl";
      case Boolean b -> "Boolean";
      case Number n -> n.getClass().getSimpleName();
      case ScriptValue s -> s.typeName();
      case RangeValue r -> r.isEmpty() || r.from() instanceof Integer ? "IntRange" : "ObjectRange";
      case List<?> l -> "ArrayList";
      case TreeMap<?, ?> m -> "TreeMap";
      case Map<?, ?> m -> "LinkedHashMap";
      case TreeSet<?> c -> "TreeSet";
      case Collection<?> c -> "LinkedHashSet";
      case DateValue d -> "Date";
      case IteratorValue i -> "Iterator";
      case Callable c -> "Closure";
      case TypeValue t -> "Class";
      case Builtin b -> b.name().toLowerCase(java.util.Locale.ROOT);
      default -> value.getClass().getSimpleName();
    };
  }

  /** Something that a script can call. */
  interface Callable {
    @Nullable Object call(List<@Nullable Object> args);

    int parameterCount();
  }

  /** A class by its simple name, as the target of static calls. */
  record TypeValue(String name) {
    @Override
    public String toString() {
      return "class " + TypeNames.qualified(name);
    }
  }

  /** The objects that every script sees. */
  enum Builtin {
    ENV,
    PARAMS,
    CURRENT_BUILD,
    SCM
  }
}
