package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Values.Callable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The methods of closures. */
final class Functions {
  static final TreeSet<String> METHODS =
      new TreeSet<>(
          List.of(
              "call",
              "doCall",
              "run",
              "curry",
              "rcurry",
              "ncurry",
              "memoize",
              "leftShift",
              "rightShift",
              "getMaximumNumberOfParameters",
              "getDelegate",
              "setDelegate",
              "getOwner",
              "getThisObject",
              "getResolveStrategy",
              "setResolveStrategy",
              "clone",
              "rehydrate",
              "toString",
              "equals",
              "hashCode",
              "is",
              "asBoolean"));

  private Functions() {}

  static @Nullable Object call(
      Callable target, String name, List<@Nullable Object> args, Position at) {
    return switch (name) {
      case "call", "doCall" -> target.call(args);
      case "run" -> target.call(List.of());
      case "curry" -> inserted(target, args, 0);
      case "rcurry" -> inserted(target, args, -1);
      case "ncurry" ->
          inserted(
              target,
              args.subList(Math.min(1, args.size()), args.size()),
              !args.isEmpty() && args.getFirst() instanceof Number n ? n.intValue() : 0);
      case "memoize" -> memoized(target);
      case "leftShift" -> composed(argument(args, at), target);
      case "rightShift" -> composed(target, argument(args, at));
      case "getMaximumNumberOfParameters" -> target.parameterCount();
      case "toString" -> target.toString();
      case "equals", "is" -> !args.isEmpty() && target == args.getFirst();
      case "hashCode" -> target.toString().hashCode();
      case "asBoolean" -> true;
      default -> throw Methods.unknown(name, "Closure", METHODS, at);
    };
  }

  private static Callable argument(List<@Nullable Object> args, Position at) {
    if (!args.isEmpty() && args.getFirst() instanceof Callable c) {
      return c;
    }
    throw Thrown.Failure.of("MissingMethodException", "a closure is needed here", at);
  }

  /** First {@code f}, then {@code g} with what it gave. */
  static Callable composed(Callable f, Callable g) {
    return new FunctionValue(
        f.parameterCount(), args -> g.call(Collections.singletonList(f.call(args))));
  }

  private static Callable inserted(Callable target, List<@Nullable Object> fixed, int index) {
    List<@Nullable Object> held = new ArrayList<>(fixed);
    return new FunctionValue(
        Math.max(0, target.parameterCount() - held.size()),
        args -> {
          List<@Nullable Object> all = new ArrayList<>(args);
          all.addAll(index < 0 ? all.size() : Math.min(index, all.size()), held);
          return target.call(all);
        });
  }

  private static Callable memoized(Callable target) {
    Map<List<@Nullable Object>, @Nullable Object> known = new HashMap<>();
    return new FunctionValue(
        target.parameterCount(),
        args -> {
          List<@Nullable Object> key = new ArrayList<>(args);
          if (!known.containsKey(key)) {
            known.put(key, target.call(args));
          }
          return known.get(key);
        });
  }
}
