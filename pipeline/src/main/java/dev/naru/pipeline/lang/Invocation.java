package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Program.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls of methods, closures and constructors: which one is meant, and what its parameters get. */
final class Invocation {
  /** Types of parameters that only take values of theirs; any other type takes what it is given. */
  private static final Set<String> STRICT =
      Set.of(
          "String",
          "int",
          "Integer",
          "long",
          "Long",
          "boolean",
          "Boolean",
          "double",
          "Double",
          "float",
          "Float",
          "BigDecimal",
          "Number",
          "List",
          "Map",
          "Set",
          "Collection",
          "Closure");

  /** Types whose variables refuse a string, which a cast might read. */
  private static final Set<String> NOT_FROM_TEXT =
      Set.of(
          "int",
          "Integer",
          "long",
          "Long",
          "double",
          "Double",
          "float",
          "Float",
          "BigDecimal",
          "Number",
          "Map",
          "Closure");

  private static final Set<String> PRIMITIVES =
      Set.of("int", "long", "short", "byte", "double", "float", "boolean", "char");

  private final Run run;
  private final Evaluator evaluator;
  private int lastId;

  Invocation(Run run, Evaluator evaluator) {
    this.run = run;
    this.evaluator = evaluator;
  }

  int nextId() {
    run.memory().elements(8);
    return ++lastId;
  }

  /** The value of a variable that is declared with {@code type} and no value. */
  static @Nullable Object absent(String type) {
    return switch (type) {
      case "int", "short", "byte" -> 0;
      case "long" -> 0L;
      case "double", "float" -> 0.0;
      case "boolean" -> false;
      default -> null;
    };
  }

  /** What a variable of {@code type} holds when {@code value} is assigned to it. */
  @Nullable Object coerce(String type, @Nullable Object value, Unit unit, Position at) {
    if (type.equals("def") || type.equals("Object") || type.equals("var")) {
      return value;
    }
    ScriptClass known = evaluator.classes().find(type, unit);
    if (known != null) {
      return evaluator.classes().coerce(known, value, at);
    }
    if (value == null && PRIMITIVES.contains(type) && !type.equals("boolean")) {
      throw cannotCast(null, type, at);
    }
    if (value instanceof String text && NOT_FROM_TEXT.contains(type)) {
      if (text.length() == 1 && !type.equals("Map") && !type.equals("Closure")) {
        return Operators.cast(type, (int) text.charAt(0), at);
      }
      throw cannotCast(value, type, at);
    }
    return Operators.cast(type, value, at);
  }

  private static Thrown cannotCast(@Nullable Object value, String type, Position at) {
    return Thrown.Failure.of(
        "GroovyCastException",
        "Cannot cast object '"
            + Values.text(value)
            + "' with class '"
            + Values.typeName(value)
            + "' to class '"
            + type
            + "'",
        at);
  }

  private static int required(List<Expr.Parameter> parameters) {
    return (int) parameters.stream().filter(p -> p.initial() == null && !p.rest()).count();
  }

  private static boolean takesRest(List<Expr.Parameter> parameters) {
    return !parameters.isEmpty() && parameters.getLast().rest();
  }

  /** How well the arguments fit, or -1 when they do not. */
  private int fit(List<Expr.Parameter> parameters, List<@Nullable Object> args, Unit unit) {
    int needed = required(parameters);
    if (args.size() < needed || (args.size() > parameters.size() && !takesRest(parameters))) {
      return -1;
    }
    List<Expr.@Nullable Parameter> taken = taken(parameters, args.size());
    int fit = takesRest(parameters) ? 0 : 1;
    for (int i = 0; i < args.size(); i++) {
      Expr.Parameter p = i < taken.size() ? taken.get(i) : null;
      if (p == null || p.rest()) {
        continue;
      }
      int one = fit(p.type(), args.get(i), unit);
      if (one < 0) {
        return -1;
      }
      fit += one;
    }
    return fit;
  }

  /** 4 for the very type, less for wider ones, -1 when the value is none of the type. */
  private int fit(String type, @Nullable Object value, Unit unit) {
    if (type.equals("def") || type.equals("Object")) {
      return 1;
    }
    if (value == null) {
      return PRIMITIVES.contains(type) ? -1 : 2;
    }
    ScriptClass known = evaluator.classes().find(type, unit);
    if (known != null) {
      return value instanceof ScriptValue s && s.isA(type) ? 3 : -1;
    }
    if (!STRICT.contains(type)) {
      return value instanceof ScriptValue s && s.isA(type) ? 3 : 1;
    }
    return switch (type) {
      case "int", "Integer" -> value instanceof Integer ? 4 : -1;
      case "long", "Long" -> value instanceof Long ? 4 : value instanceof Integer ? 3 : -1;
      case "double", "Double", "float", "Float" ->
          value instanceof Double ? 4 : value instanceof Number ? 2 : -1;
      case "BigDecimal" ->
          value instanceof java.math.BigDecimal ? 4 : value instanceof Number ? 2 : -1;
      case "boolean" -> value instanceof Boolean ? 4 : -1;
      default -> Operators.instanceOf(value, type) ? 4 : -1;
    };
  }

  /** The parameters that arguments fill, in order: of the optional ones, the first. */
  private static List<Expr.@Nullable Parameter> taken(List<Expr.Parameter> parameters, int given) {
    int optional = Math.max(0, given - required(parameters));
    List<Expr.@Nullable Parameter> taken = new ArrayList<>();
    for (Expr.Parameter p : parameters) {
      if (p.rest()) {
        taken.add(p);
      } else if (p.initial() == null || optional-- > 0) {
        taken.add(p);
      }
    }
    return taken;
  }

  /** The method that a call means. */
  Method choose(
      String on, List<Method> candidates, List<@Nullable Object> args, Unit unit, Position at) {
    Method best = null;
    int bestFit = -1;
    for (Method candidate : candidates) {
      int fit = fit(candidate.parameters(), args, unit);
      if (fit > bestFit) {
        best = candidate;
        bestFit = fit;
      }
    }
    if (best == null) {
      throw noSignature(on, candidates.getFirst(), args, at);
    }
    return best;
  }

  private static Thrown noSignature(
      String on, Method nearest, List<@Nullable Object> args, Position at) {
    return Thrown.Failure.of(
        "MissingMethodException",
        "No signature of method: "
            + on
            + "."
            + nearest.name()
            + "() is applicable for argument types: ("
            + String.join(", ", args.stream().map(Values::typeName).toList())
            + ") values: "
            + shortened(Values.text(args))
            + "; possible: "
            + nearest.name()
            + "("
            + String.join(
                ", ", nearest.parameters().stream().map(p -> p.type() + " " + p.name()).toList())
            + ")",
        at);
  }

  private static String shortened(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }

  /** Runs a method of a file or class. */
  @Nullable Object method(Method method, Frame frame, List<@Nullable Object> args) {
    return run.branches()
        .deeper(
            () -> {
              evaluator.tick();
              Scope scope = new Scope(null, frame);
              bind(method.parameters(), args, scope, method.at());
              return evaluator.executor().function(method.body(), scope);
            });
  }

  /** Runs a closure. */
  @Nullable Object closure(
      ClosureValue value, Scope captured, Frame frame, List<@Nullable Object> args) {
    return run.branches()
        .deeper(
            () -> {
              evaluator.tick();
              Expr.Closure closure = value.closure();
              Scope scope = new Scope(captured, frame);
              if (closure.implicitIt()) {
                scope.define("it", args.isEmpty() ? null : args.getFirst());
              } else {
                bindClosure(closure, args, scope, frame.unit());
              }
              return evaluator.executor().function(closure.body(), scope);
            });
  }

  private void bindClosure(
      Expr.Closure closure, List<@Nullable Object> args, Scope scope, Unit unit) {
    List<Expr.Parameter> parameters = closure.parameters();
    List<@Nullable Object> given = args;
    if (parameters.size() > 1 && args.size() == 1 && args.getFirst() instanceof List<?> list) {
      given = new ArrayList<>(list);
    }
    if (fit(parameters, given, unit) < 0) {
      throw noSignature(
          "closure",
          new Method(closure.at(), "call", parameters, List.of(), false, false),
          given,
          closure.at());
    }
    bind(parameters, given, scope, closure.at());
  }

  private void bind(
      List<Expr.Parameter> parameters, List<@Nullable Object> args, Scope scope, Position at) {
    Set<Expr.Parameter> filled = new HashSet<>();
    for (Expr.Parameter p : taken(parameters, args.size())) {
      if (p != null) {
        filled.add(p);
      }
    }
    Unit unit = evaluator.unit(scope);
    int next = 0;
    for (Expr.Parameter p : parameters) {
      if (p.rest()) {
        List<@Nullable Object> rest = args.subList(Math.min(next, args.size()), args.size());
        scope.define(
            p.name(),
            rest.size() == 1 && rest.getFirst() instanceof List<?> whole
                ? whole
                : new ArrayList<>(rest));
      } else if (filled.contains(p)) {
        scope.define(p.name(), coerce(p.type(), args.get(next++), unit, at));
      } else if (p.initial() != null) {
        scope.define(p.name(), coerce(p.type(), evaluator.eval(p.initial(), scope), unit, at));
      }
    }
  }

  /** The initial value of a declared variable of a class. */
  @Nullable Object initial(Program.Field field, Frame frame) {
    if (field.initial() == null) {
      return absent(field.type());
    }
    Expr initial = field.initial();
    return coerce(
        field.type(), evaluator.eval(initial, new Scope(null, frame)), frame.unit(), field.at());
  }

  /** {@code new Type(…)}. */
  ScriptObject construct(ScriptClass type, Arguments arguments, Position at) {
    if (type.type().kind() != Program.ClassKind.CLASS) {
      throw Thrown.Failure.of(
          "GroovyRuntimeException",
          "Could not find matching constructor for: " + type.type().name(),
          at);
    }
    ScriptObject object = new ScriptObject(type, this);
    run.branches()
        .deeper(
            () -> {
              fields(type, object);
              constructor(type, object, arguments, at);
              return null;
            });
    return object;
  }

  /** Makes a constant of an enum. */
  void initialize(ScriptObject object, List<Expr.Argument> args, Frame frame, Position at) {
    fields(object.type(), object);
    Arguments arguments = evaluator.arguments(args, new Scope(null, frame));
    constructor(object.type(), object, arguments, at);
  }

  private void fields(ScriptClass type, ScriptObject object) {
    if (type.parent() != null) {
      fields(type.parent(), object);
    }
    for (Program.Field field : type.type().fields()) {
      if (!field.isStatic()) {
        object.setField(field.name(), initial(field, new Frame.InClass(type, object)));
      }
    }
  }

  private void constructor(
      ScriptClass type, ScriptObject object, Arguments arguments, Position at) {
    List<@Nullable Object> args = arguments.asList();
    List<Method> constructors = type.type().constructors();
    if (!constructors.isEmpty()) {
      boolean named = !arguments.named().isEmpty() && arguments.positional().isEmpty();
      Method empty =
          constructors.stream().filter(c -> required(c.parameters()) == 0).findFirst().orElse(null);
      boolean whole =
          constructors.stream().anyMatch(c -> fit(c.parameters(), args, type.unit()) >= 0);
      if (named && empty != null && !whole) {
        explicit(type, object, empty, List.of(), at);
        properties(object, arguments.named(), at);
        return;
      }
      explicit(
          type, object, choose(type.type().name(), constructors, args, type.unit(), at), args, at);
      return;
    }
    implicit(type, object, arguments, at);
  }

  private void explicit(
      ScriptClass type,
      ScriptObject object,
      Method constructor,
      List<@Nullable Object> args,
      Position at) {
    Frame frame = new Frame.InClass(type, object);
    Scope scope = new Scope(null, frame);
    List<Stmt> body = constructor.body();
    bind(constructor.parameters(), args, scope, at);
    List<Stmt> rest = body;
    if (!body.isEmpty()
        && body.getFirst() instanceof Stmt.Do(Position place, Expr expr)
        && expr instanceof Expr.New other
        && (other.type().equals("super") || other.type().equals("this"))) {
      Arguments passed = evaluator.arguments(other.args(), scope);
      if (other.type().equals("this")) {
        constructor(type, object, passed, place);
      } else {
        above(type, object, passed, place);
      }
      rest = body.subList(1, body.size());
    } else {
      above(type, object, Arguments.NONE, at);
    }
    evaluator.executor().function(rest, scope);
  }

  private void above(ScriptClass type, ScriptObject object, Arguments arguments, Position at) {
    if (type.parent() != null) {
      constructor(type.parent(), object, arguments, at);
    } else if (type.isException()) {
      describe(object, arguments.asList());
    } else if (!arguments.asList().isEmpty()) {
      throw Thrown.Failure.of(
          "GroovyRuntimeException", "Could not find matching constructor for: Object", at);
    }
  }

  /** Without a constructor of its own a class takes nothing, a map of properties, or a message. */
  private void implicit(ScriptClass type, ScriptObject object, Arguments arguments, Position at) {
    List<@Nullable Object> args = arguments.asList();
    if (type.isException()) {
      if (type.parent() != null) {
        constructor(type.parent(), object, arguments, at);
      } else {
        describe(object, args);
      }
      return;
    }
    if (type.parent() != null) {
      constructor(type.parent(), object, Arguments.NONE, at);
    }
    if (args.size() == 1 && args.getFirst() instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> named = new LinkedHashMap<>();
      map.forEach((k, v) -> named.put(Values.text(k), v));
      properties(object, named, at);
    } else if (!args.isEmpty()) {
      throw Thrown.Failure.of(
          "GroovyRuntimeException",
          "Could not find matching constructor for: "
              + type.type().name()
              + "("
              + String.join(", ", args.stream().map(Values::typeName).toList())
              + ")",
          at);
    }
  }

  private static void describe(ScriptObject object, List<@Nullable Object> args) {
    Object first = args.isEmpty() ? null : args.getFirst();
    boolean wraps = first instanceof ScriptValue s && s.isA("Throwable");
    object.describe(first, wraps ? first : args.size() > 1 ? args.get(1) : null);
  }

  private static void properties(
      ScriptObject object, Map<String, @Nullable Object> values, Position at) {
    values.forEach((name, value) -> object.setProperty(name, value, at));
  }
}
