package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Values.Callable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The methods of one kind of value: a table of what scripts may call. */
final class Methods<T> {
  /** One call: its arguments, its place and the run. */
  record Call(List<@Nullable Object> args, Position at, Runnable tick, World world) {
    int count() {
      return args.size();
    }

    @Nullable Object arg(int i) {
      if (i >= args.size()) {
        throw Thrown.Failure.of("MissingMethodException", "an argument is missing", at);
      }
      return args.get(i);
    }

    String text(int i) {
      return Values.text(arg(i));
    }

    int number(int i) {
      if (arg(i) instanceof Number n) {
        return n.intValue();
      }
      throw Thrown.Failure.of(
          "MissingMethodException", "argument " + (i + 1) + " is no number", at);
    }

    Callable closure(int i) {
      if (arg(i) instanceof Callable c) {
        return c;
      }
      throw Thrown.Failure.of(
          "MissingMethodException", "argument " + (i + 1) + " is no closure", at);
    }

    /** Calls the last argument, a closure, with one value. */
    @Nullable Object apply(@Nullable Object value) {
      return closure(count() - 1).call(Collections.singletonList(value));
    }

    boolean test(@Nullable Object value) {
      return Values.truth(apply(value));
    }

    /** Calls the last argument, a closure, with several values. */
    @Nullable Object call(@Nullable Object... values) {
      return closure(count() - 1).call(Arrays.asList(values));
    }

    /** Whether the last argument is a closure. */
    boolean closes() {
      return count() > 0 && args.getLast() instanceof Callable;
    }

    boolean flag(int i) {
      return Boolean.TRUE.equals(arg(i));
    }

    Collection<? extends @Nullable Object> elements(int i) {
      return Operators.elements(arg(i), at);
    }

    Map<?, ?> map(int i) {
      if (arg(i) instanceof Map<?, ?> m) {
        return m;
      }
      throw Thrown.Failure.of("MissingMethodException", "argument " + (i + 1) + " is no map", at);
    }

    /** The same call with other arguments. */
    Call with(@Nullable Object... other) {
      return new Call(Arrays.asList(other), at, tick, world);
    }

    @Nullable Object operator(BinaryOp op, @Nullable Object a, @Nullable Object b) {
      return Operators.binary(op, a, b, at, tick);
    }

    int order(@Nullable Object a, @Nullable Object b) {
      tick.run();
      return Values.compare(a, b, at);
    }

    /** Counts one step of work that grows something to {@code elements}. */
    void grow(long elements) {
      tick.run();
      Limits.elements(elements);
    }

    Thrown fail(String type, String message) {
      return Thrown.Failure.of(type, message, at);
    }
  }

  /** What a method does with the value that it is called on. */
  interface Body<T> {
    @Nullable Object call(T target, Call call);
  }

  static final Methods<Object> COMMON = new Methods<Object>(null);

  static {
    COMMON
        .add("toString", (o, c) -> Values.text(o))
        .add("inspect", (o, c) -> Printing.inspect(o))
        .add("getClass", (o, c) -> Members.typeOf(o))
        .add("identity", (o, c) -> c.apply(o))
        .add("iterator", IteratorValue::over)
        .add("compareTo", (o, c) -> Integer.signum(c.order(o, c.arg(0))))
        .add("equals", (o, c) -> Values.equal(o, c.arg(0)))
        .add("hashCode", (o, c) -> Values.text(o).hashCode())
        .add("asBoolean", (o, c) -> Values.truth(o))
        .add("is", (o, c) -> o == c.arg(0))
        .add("with", (o, c) -> c.apply(o))
        .add(
            "tap",
            (o, c) -> {
              c.apply(o);
              return o;
            });
  }

  private final Map<String, Body<T>> table = new LinkedHashMap<>();
  private final @Nullable Methods<? super T> parent;

  Methods(@Nullable Methods<? super T> parent) {
    this.parent = parent;
  }

  Methods<T> add(String name, Body<T> body) {
    table.put(name, body);
    return this;
  }

  @Nullable Object call(T target, String name, Call call) {
    Body<T> body = table.get(name);
    if (body != null) {
      return body.call(target, call);
    }
    if (parent != null && parent.has(name)) {
      return parent.call(target, name, call);
    }
    throw unknown(name, Values.typeName(target), names(), call.at());
  }

  private boolean has(String name) {
    return table.containsKey(name) || (parent != null && parent.has(name));
  }

  private Collection<String> names() {
    TreeSet<String> all = new TreeSet<>(table.keySet());
    if (parent != null) {
      all.addAll(parent.names());
    }
    return all;
  }

  /** The body of the getter of {@code name}, or null. */
  @Nullable Body<? super T> getter(String name) {
    if (name.isEmpty()) {
      return null;
    }
    String rest = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    Body<? super T> get = find("get" + rest);
    return get != null ? get : find("is" + rest);
  }

  private @Nullable Body<? super T> find(String name) {
    Body<T> own = table.get(name);
    return own != null || parent == null ? own : parent.find(name);
  }

  static Thrown unknown(String name, String type, Collection<String> known, Position at) {
    return Thrown.Failure.of(
        "MissingMethodException",
        "No signature of method: "
            + type
            + "."
            + name
            + "() is applicable or allowed"
            + Nearest.hint(name, known),
        at);
  }
}
