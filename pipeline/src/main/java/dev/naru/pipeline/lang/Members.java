package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Values.Builtin;
import dev.naru.pipeline.lang.Values.Callable;
import dev.naru.pipeline.lang.Values.TypeValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Properties, elements, methods and constructors of values. Only what is named here or in the
 * tables of {@link TextMethods} and {@link CollectionMethods} exists: there is no way from a script
 * into the JVM.
 */
final class Members {
  private final Run run;

  Members(Run run) {
    this.run = run;
  }

  @Nullable Object property(@Nullable Object target, String name, Position at) {
    return switch (target) {
      case null ->
          throw Thrown.Failure.of(
              "NullPointerException", "Cannot get property '" + name + "' on null object", at);
      case Map<?, ?> m -> m.get(name);
      case Builtin b -> builtin(b, name, at);
      case Map.Entry<?, ?> e when name.equals("key") -> e.getKey();
      case Map.Entry<?, ?> e when name.equals("value") -> e.getValue();
      case Thrown.Caught c when name.equals("message") -> c.thrown().text();
      case Thrown.Caught c when name.equals("cause") -> null;
      case TypeValue t -> constant(t, name, at);
      case Collection<?> c -> {
        List<@Nullable Object> all = new ArrayList<>();
        for (Object element : c) {
          all.add(property(element, name, at));
        }
        yield all;
      }
      default -> throw noProperty(target, name, at);
    };
  }

  private static Thrown noProperty(@Nullable Object target, String name, Position at) {
    return Thrown.Failure.of(
        "MissingPropertyException",
        "No such property: " + name + " for class: " + Values.typeName(target),
        at);
  }

  private static Object constant(TypeValue type, String name, Position at) {
    return switch (type.name() + "." + name) {
      case "Integer.MAX_VALUE" -> Integer.MAX_VALUE;
      case "Integer.MIN_VALUE" -> Integer.MIN_VALUE;
      case "Long.MAX_VALUE" -> Long.MAX_VALUE;
      case "Math.PI" -> Math.PI;
      default -> throw noProperty(type, name, at);
    };
  }

  private @Nullable Object builtin(Builtin builtin, String name, Position at) {
    return switch (builtin) {
      case ENV -> run.variable(name);
      case PARAMS -> run.parameters().get(name);
      case SCM -> run.variable(name);
      case CURRENT_BUILD -> currentBuild(name, at);
    };
  }

  private @Nullable Object currentBuild(String name, Position at) {
    return switch (name) {
      case "result" -> run.result() == Result.SUCCESS ? null : run.result().name();
      case "currentResult" -> run.result().name();
      case "number" -> Operators.cast("int", run.variableOr("BUILD_NUMBER", "0"), at);
      case "id" -> run.variable("BUILD_ID");
      case "displayName" -> run.displayName();
      case "description" -> run.description();
      case "projectName", "fullProjectName" -> run.variable("JOB_NAME");
      case "fullDisplayName" -> run.variable("JOB_NAME") + " " + run.displayName();
      case "absoluteUrl" -> run.variable("BUILD_URL");
      case "changeSets" -> List.of();
      case "keepLog" -> false;
      case "startTimeInMillis" -> run.startedMillis(at);
      case "duration" -> run.nowMillis(at) - run.startedMillis(at);
      case "durationString" ->
          (run.nowMillis(at) - run.startedMillis(at)) / 1000 + " sec and counting";
      case "previousBuild" ->
          run.info()
              .previous()
              .map(
                  p -> {
                    Map<String, @Nullable Object> build = new LinkedHashMap<>();
                    build.put("result", p.name());
                    build.put("currentResult", p.name());
                    return build;
                  })
              .orElse(null);
      default -> throw noProperty(Builtin.CURRENT_BUILD, name, at);
    };
  }

  void setProperty(@Nullable Object target, String name, @Nullable Object value, Position at) {
    if (target instanceof Map<?, ?> map) {
      put(map, name, value, at);
    } else if (target == Builtin.ENV) {
      run.setVariable(name, value == null ? "" : Values.text(value));
    } else if (target == Builtin.CURRENT_BUILD) {
      switch (name) {
        case "result" -> {
          try {
            run.worsen(Result.valueOf(Values.text(value)), false);
          } catch (IllegalArgumentException e) {
            throw Thrown.Failure.of(
                "IllegalArgumentException", "no such result: " + Values.text(value), at);
          }
        }
        case "displayName", "description" -> run.describe(name, Values.text(value), at);
        default -> throw noProperty(target, name, at);
      }
    } else {
      throw noProperty(target, name, at);
    }
  }

  @SuppressWarnings("unchecked") // a script's maps hold anything
  private static void put(
      Map<?, ?> map, @Nullable Object key, @Nullable Object value, Position at) {
    try {
      ((Map<@Nullable Object, @Nullable Object>) map).put(key, value);
    } catch (UnsupportedOperationException e) {
      throw Thrown.Failure.of("UnsupportedOperationException", "this map cannot be changed", at);
    }
  }

  @Nullable Object index(@Nullable Object target, @Nullable Object index, Position at) {
    return switch (target) {
      case null ->
          throw Thrown.Failure.of("NullPointerException", "Cannot get an element of null", at);
      case Map<?, ?> m -> m.get(index);
      case Builtin b -> property(b, Values.text(index), at);
      case List<?> l when index instanceof Number n -> element(l, n.intValue());
      case List<?> l when index instanceof List<?> several -> {
        List<@Nullable Object> picked = new ArrayList<>();
        for (Object i : several) {
          picked.add(i instanceof Number n ? element(l, n.intValue()) : null);
        }
        yield picked;
      }
      case String s when index instanceof Number n -> letter(s, n.intValue(), at);
      case String s when index instanceof List<?> several -> {
        StringBuilder picked = new StringBuilder();
        for (Object i : several) {
          picked.append(i instanceof Number n ? letter(s, n.intValue(), at) : "");
        }
        yield picked.toString();
      }
      case Matcher m when index instanceof Number n -> match(m, n.intValue(), at);
      default -> throw noProperty(target, "[" + Values.text(index) + "]", at);
    };
  }

  private static @Nullable Object element(List<?> list, int i) {
    int index = i < 0 ? i + list.size() : i;
    return index < 0 || index >= list.size() ? null : list.get(index);
  }

  private static String letter(String s, int i, Position at) {
    int index = i < 0 ? i + s.length() : i;
    if (index < 0 || index >= s.length()) {
      throw Thrown.Failure.of(
          "StringIndexOutOfBoundsException", "index " + i + " of '" + s + "'", at);
    }
    return String.valueOf(s.charAt(index));
  }

  /** The i-th match: its text, or a list of the text and the groups when there are groups. */
  private static @Nullable Object match(Matcher m, int i, Position at) {
    m.reset();
    for (int n = 0; n <= i; n++) {
      if (!m.find()) {
        throw Thrown.Failure.of("IndexOutOfBoundsException", "there is no match " + i, at);
      }
    }
    if (m.groupCount() == 0) {
      return m.group();
    }
    List<@Nullable Object> groups = new ArrayList<>();
    for (int g = 0; g <= m.groupCount(); g++) {
      groups.add(m.group(g));
    }
    return groups;
  }

  @SuppressWarnings("unchecked") // a script's lists hold anything
  void setIndex(
      @Nullable Object target, @Nullable Object index, @Nullable Object value, Position at) {
    if (target instanceof List<?> list && index instanceof Number n) {
      List<@Nullable Object> all = (List<@Nullable Object>) list;
      int i = n.intValue() < 0 ? n.intValue() + all.size() : n.intValue();
      if (i < 0 || i > run.limits().elementsMax()) {
        throw Thrown.Failure.of("IndexOutOfBoundsException", "index " + n, at);
      }
      while (all.size() <= i) {
        all.add(null);
      }
      all.set(i, value);
    } else if (target instanceof Map<?, ?> map) {
      put(map, index, value, at);
    } else {
      setProperty(target, Values.text(index), value, at);
    }
  }

  @Nullable Object call(@Nullable Object target, String name, Arguments arguments, Position at) {
    try {
      return dispatch(target, name, arguments, at);
    } catch (UnsupportedOperationException
        | IndexOutOfBoundsException
        | java.util.NoSuchElementException
        | java.util.ConcurrentModificationException
        | ClassCastException e) {
      throw Thrown.Failure.of(
          e.getClass().getSimpleName(), name + "(): " + Values.text(e.getMessage()), at);
    }
  }

  private @Nullable Object dispatch(
      @Nullable Object target, String name, Arguments arguments, Position at) {
    List<@Nullable Object> args = arguments.asList();
    if (target == null) {
      throw Thrown.Failure.of(
          "NullPointerException", "Cannot invoke method " + name + "() on null object", at);
    }
    if (target instanceof Map<?, ?> m && m.get(name) instanceof Callable callable) {
      return callable.call(args);
    }
    Methods.Call call = new Methods.Call(args, at, run.limits(), run.evaluator()::tick);
    return switch (target) {
      case Callable c when name.equals("call") -> c.call(args);
      case TypeValue t -> statics(t, name, args, at);
      case Builtin b -> builtinCall(b, name, arguments, at);
      case Thrown.Caught c when name.equals("getMessage") -> c.thrown().text();
      case Thrown.Caught c when name.equals("getCause") -> null;
      case Thrown.Caught c when name.equals("printStackTrace") -> null;
      case String s -> TextMethods.METHODS.call(s, name, call);
      case Number n -> TextMethods.NUMBERS.call(n, name, call);
      case Matcher m -> TextMethods.MATCHES.call(m, name, call);
      case Map<?, ?> m -> CollectionMethods.MAPS.call(m, name, call);
      case List<?> l -> CollectionMethods.LISTS.call(l, name, call);
      case Collection<?> c -> CollectionMethods.COLLECTIONS.call(c, name, call);
      case Map.Entry<?, ?> e when name.equals("getKey") -> e.getKey();
      case Map.Entry<?, ?> e when name.equals("getValue") -> e.getValue();
      default -> Methods.COMMON.call(target, name, call);
    };
  }

  private @Nullable Object builtinCall(
      Builtin builtin, String name, Arguments arguments, Position at) {
    List<@Nullable Object> args = arguments.asList();
    if (builtin == Builtin.ENV && name.equals("getEnvironment")) {
      return run.environment();
    }
    if (builtin == Builtin.PARAMS || builtin == Builtin.ENV) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      if (builtin == Builtin.PARAMS) {
        all.putAll(run.parameters());
      } else {
        all.putAll(run.environment());
      }
      return CollectionMethods.MAPS.call(
          all, name, new Methods.Call(args, at, run.limits(), run.evaluator()::tick));
    }
    if (builtin == Builtin.CURRENT_BUILD) {
      switch (name) {
        case "resultIsBetterOrEqualTo" -> {
          return !run.result().worseThan(Result.valueOf(Values.text(args.getFirst())));
        }
        case "resultIsWorseOrEqualTo" -> {
          return !Result.valueOf(Values.text(args.getFirst())).worseThan(run.result());
        }
        case "getBuildCauses" -> {
          return new ArrayList<>();
        }
        default -> {
          if (name.startsWith("get") && name.length() > 3 && args.isEmpty()) {
            return currentBuild(Character.toLowerCase(name.charAt(3)) + name.substring(4), at);
          }
          if (name.equals("setResult") || name.equals("setDisplayName")) {
            setProperty(
                builtin,
                Character.toLowerCase(name.charAt(3)) + name.substring(4),
                args.getFirst(),
                at);
            return null;
          }
        }
      }
    }
    throw Methods.unknown(name, Values.typeName(builtin), Set.of(), at);
  }

  private @Nullable Object statics(
      TypeValue type, String name, List<@Nullable Object> args, Position at) {
    Object first = args.isEmpty() ? null : args.getFirst();
    switch (type.name() + "." + name) {
      case "Integer.parseInt", "Integer.valueOf" -> {
        return Operators.cast("int", first, at);
      }
      case "Long.parseLong", "Long.valueOf" -> {
        return Operators.cast("long", first, at);
      }
      case "Double.parseDouble", "Double.valueOf", "Float.parseFloat" -> {
        return Operators.cast("double", first, at);
      }
      case "Boolean.parseBoolean", "Boolean.valueOf" -> {
        return Values.text(first).equalsIgnoreCase("true");
      }
      case "String.valueOf" -> {
        return Values.text(first);
      }
      case "String.format" -> {
        return TextMethods.format(Values.text(first), args.subList(1, args.size()), at);
      }
      case "String.join" -> {
        return String.join(
            Values.text(first),
            Operators.elements(args.get(1), at).stream().map(Values::text).toList());
      }
      case "Math.max", "Math.min" -> {
        int order = Values.compare(first, args.get(1), at);
        return (order >= 0) == name.equals("max") ? first : args.get(1);
      }
      case "Math.abs" -> {
        return first instanceof Number n && n.doubleValue() < 0
            ? Values.arithmetic(BinaryOp.MINUS, 0, n, at)
            : first;
      }
      case "Math.round" -> {
        return first instanceof Number n ? Math.round(n.doubleValue()) : null;
      }
      case "Math.floor", "Math.ceil" -> {
        double value = first instanceof Number n ? n.doubleValue() : 0;
        return name.equals("floor") ? Math.floor(value) : Math.ceil(value);
      }
      case "Arrays.asList" -> {
        return new ArrayList<>(args);
      }
      case "System.currentTimeMillis" -> {
        return run.nowMillis(at);
      }
      case "Pattern.compile" -> {
        return Operators.pattern(first, at);
      }
      case "Pattern.quote" -> {
        return Pattern.quote(Values.text(first));
      }
      default ->
          throw Thrown.Failure.of(
              "RejectedAccessException",
              "the static method " + type.name() + "." + name + " is not allowed",
              at);
    }
  }

  @Nullable Object construct(String type, Arguments arguments, Position at) {
    List<@Nullable Object> args = arguments.asList();
    Object first = args.isEmpty() ? null : args.getFirst();
    switch (type) {
      case "ArrayList", "LinkedList" -> {
        return first instanceof Collection<?> c ? new ArrayList<>(c) : new ArrayList<>();
      }
      case "HashSet", "LinkedHashSet", "TreeSet" -> {
        return first instanceof Collection<?> c ? new LinkedHashSet<>(c) : new LinkedHashSet<>();
      }
      case "HashMap", "LinkedHashMap" -> {
        return first instanceof Map<?, ?> m ? new LinkedHashMap<>(m) : new LinkedHashMap<>();
      }
      case "TreeMap" -> {
        return first instanceof Map<?, ?> m ? new TreeMap<>(m) : new TreeMap<>();
      }
      case "String" -> {
        return first == null ? "" : Values.text(first);
      }
      default -> {
        if (Thrown.isKnownType(type)) {
          return new Thrown.Caught(
              Thrown.Failure.of(type, first == null ? "" : Values.text(first), at));
        }
        throw Thrown.Failure.of(
            "RejectedAccessException",
            "new "
                + type
                + "(…) is not allowed; known are "
                + Arrays.asList("ArrayList", "HashMap", "HashSet", "String")
                + " and exceptions",
            at);
      }
    }
  }
}
