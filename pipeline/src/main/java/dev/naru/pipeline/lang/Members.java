package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Values.Builtin;
import dev.naru.pipeline.lang.Values.Callable;
import dev.naru.pipeline.lang.Values.TypeValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Properties, elements, methods and constructors of values. Only what is named here or in the
 * tables of {@link Kind} exists: there is no way from a script into the JVM.
 */
final class Members {
  private final Run run;

  Members(Run run) {
    this.run = run;
  }

  @Nullable Object property(@Nullable Object target, String name, Position at) {
    if (target instanceof ScriptValue value) {
      return value.property(name, at);
    }
    return switch (target) {
      case null ->
          throw Thrown.Failure.of(
              "NullPointerException", "Cannot get property '" + name + "' on null object", at);
      case Map<?, ?> m -> m.get(name);
      case Builtin b -> builtin(b, name, at);
      case TypeValue t -> constant(t, name, at);
      case Values.Callable c -> throw noProperty(target, name, at);
      default -> Kind.of(target).property(name, this, call(List.of(), at));
    };
  }

  /** The property of each element. */
  List<@Nullable Object> spread(Collection<?> all, String name, Position at) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Object element : all) {
      values.add(element == null ? null : property(element, name, at));
    }
    return values;
  }

  Methods.Call call(List<@Nullable Object> args, Position at) {
    return new Methods.Call(args, at, run.evaluator()::tick, run);
  }

  static Thrown noProperty(@Nullable Object target, String name, Position at) {
    return Thrown.Failure.of(
        "MissingPropertyException",
        "No such property: " + name + " for class: " + Values.typeName(target),
        at);
  }

  private Object constant(TypeValue type, String name, Position at) {
    switch (name) {
      case "name", "canonicalName", "typeName" -> {
        return TypeNames.qualified(type.name());
      }
      case "simpleName" -> {
        return type.name();
      }
      default -> {}
    }
    Object value = Statics.constant(type.name(), name);
    if (value == null) {
      throw noProperty(type, name, at);
    }
    return value;
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
    if (target instanceof ScriptValue scripted) {
      scripted.setProperty(name, value, at);
      return;
    }
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
      ((Map<@Nullable Object, @Nullable Object>) map).put(Keys.of(key), value);
    } catch (UnsupportedOperationException e) {
      throw Thrown.Failure.of("UnsupportedOperationException", "this map cannot be changed", at);
    }
  }

  @Nullable Object index(@Nullable Object target, @Nullable Object index, Position at) {
    return switch (target) {
      case null ->
          throw Thrown.Failure.of("NullPointerException", "Cannot get an element of null", at);
      case Builtin b -> property(b, Values.text(index), at);
      default -> Elements.get(target, index, at);
    };
  }

  void setIndex(
      @Nullable Object target, @Nullable Object index, @Nullable Object value, Position at) {
    switch (target) {
      case List<?> list -> {
        try {
          Elements.set(list, index, value, at);
        } catch (UnsupportedOperationException e) {
          throw Thrown.Failure.of(
              "UnsupportedOperationException", "this list cannot be changed", at);
        }
      }
      case Map<?, ?> map -> put(map, index, value, at);
      case null, default -> setProperty(target, Values.text(index), value, at);
    }
  }

  @Nullable Object call(@Nullable Object target, String name, Arguments arguments, Position at) {
    if (target instanceof ScriptValue value) {
      return value.call(name, arguments, at);
    }
    try {
      return dispatch(target, name, arguments, at);
    } catch (UnsupportedOperationException
        | IndexOutOfBoundsException
        | java.util.NoSuchElementException
        | java.util.ConcurrentModificationException
        | IllegalArgumentException
        | IllegalStateException
        | ArithmeticException
        | java.time.DateTimeException
        | ClassCastException e) {
      throw Thrown.Failure.of(
          e.getClass().getSimpleName(), name + "(): " + Values.text(e.getMessage()), at);
    }
  }

  private @Nullable Object dispatch(
      @Nullable Object target, String name, Arguments arguments, Position at) {
    List<@Nullable Object> args = arguments.asList();
    if (target == null) {
      return onNull(name, call(args, at));
    }
    if (target instanceof Map<?, ?> m
        && m.containsKey(name)
        && m.get(name) instanceof Callable callable) {
      return callable.call(args);
    }
    Methods.Call call = call(args, at);
    return switch (target) {
      case Callable c when name.equals("call") -> c.call(args);
      case TypeValue t when name.equals("getName") -> TypeNames.qualified(t.name());
      case TypeValue t when name.equals("getSimpleName") -> t.name();
      case TypeValue t when name.equals("toString") && args.isEmpty() -> t.toString();
      case TypeValue t -> Statics.call(t.name(), name, call);
      case Builtin b -> builtinCall(b, name, arguments, at);
      default -> Kind.of(target).call(name, call);
    };
  }

  /** What Groovy's null answers to. */
  private static @Nullable Object onNull(String name, Methods.Call c) {
    return switch (name) {
      case "toString", "inspect" -> "null";
      case "equals", "is" -> c.arg(0) == null;
      case "asBoolean" -> false;
      case "plus" -> c.operator(BinaryOp.PLUS, null, c.arg(0));
      case "with" -> c.apply(null);
      case "iterator" -> IteratorValue.over(new ArrayList<>(), c);
      case "collect", "findAll" -> new ArrayList<>();
      case "each" -> null;
      default ->
          throw c.fail(
              "NullPointerException", "Cannot invoke method " + name + "() on null object");
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
      return MapMethods.MAPS.call(all, name, call(args, at));
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

  /** The class of a value as scripts see it: a name, and nothing behind it. */
  static Object typeOf(Object value) {
    return value instanceof ScriptObject object
        ? object.type()
        : new TypeValue(Values.typeName(value));
  }

  @Nullable Object construct(String type, Arguments arguments, Position at) {
    Object made = Constructors.make(type, call(arguments.asList(), at));
    if (made == null) {
      throw Thrown.Failure.of(
          "RejectedAccessException",
          "new " + type + "(…) is not allowed" + Nearest.hintOrAll(type, Constructors.names()),
          at);
    }
    return made;
  }
}
