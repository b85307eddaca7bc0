package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Values.Builtin;
import dev.naru.pipeline.lang.Values.Callable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What names and calls without a target mean when no local variable has the name: members of the
 * object or file that the code stands in, and of the delegates of the closures around it.
 */
final class Names {
  /** Nothing has the name. */
  static final Object NONE = new Object();

  private final Run run;
  private final Evaluator evaluator;

  Names(Run run, Evaluator evaluator) {
    this.run = run;
    this.evaluator = evaluator;
  }

  @Nullable Object get(Frame frame, String name, Position at) {
    return switch (frame) {
      case Frame.InScript f -> inScript(f.unit(), name);
      case Frame.InClass f -> inClass(f, name, at);
      case Frame.InClosure f -> {
        ClosureValue closure = f.closure();
        if (!closure.delegates()) {
          yield get(f.outer(), name, at);
        }
        yield switch (closure.strategy()) {
          case OWNER_FIRST -> {
            Object found = get(f.outer(), name, at);
            yield found != NONE ? found : ofDelegate(closure.delegate(), name, at);
          }
          case DELEGATE_FIRST -> {
            Object found =
                closure.delegate() instanceof Map<?, ?> m && !m.containsKey(name)
                    ? NONE
                    : ofDelegate(closure.delegate(), name, at);
            if (found == NONE) {
              found = get(f.outer(), name, at);
            }
            yield found != NONE ? found : ofDelegate(closure.delegate(), name, at);
          }
          case OWNER_ONLY -> get(f.outer(), name, at);
          case DELEGATE_ONLY -> ofDelegate(closure.delegate(), name, at);
          case TO_SELF -> NONE;
        };
      }
    };
  }

  private @Nullable Object inScript(Unit unit, String name) {
    if (unit.fields().has(name)) {
      return unit.fields().get(name);
    }
    switch (name) {
      case "env" -> {
        return Builtin.ENV;
      }
      case "params" -> {
        return Builtin.PARAMS;
      }
      case "currentBuild" -> {
        return Builtin.CURRENT_BUILD;
      }
      case "scm" -> {
        return Builtin.SCM;
      }
      case "steps" -> {
        return unit;
      }
      default -> {}
    }
    Unit variable = run.libraries().variable(name);
    if (variable != null) {
      return variable;
    }
    String value = run.variable(name);
    if (value != null) {
      return value;
    }
    return run.parameters().containsKey(name) ? run.parameters().get(name) : NONE;
  }

  private static @Nullable Object inClass(Frame.InClass frame, String name, Position at) {
    ScriptObject self = frame.self();
    if (self != null) {
      return self.hasField(name)
          ? self.field(name)
          : self.hasProperty(name) ? self.property(name, at) : NONE;
    }
    return frame.type().hasProperty(name) ? frame.type().property(name, at) : NONE;
  }

  private @Nullable Object ofDelegate(@Nullable Object delegate, String name, Position at) {
    return switch (delegate) {
      case null -> NONE;
      case ScriptValue s -> s.hasProperty(name) ? s.property(name, at) : NONE;
      case Map<?, ?> m -> m.get(name);
      default -> {
        try {
          yield evaluator.members().property(delegate, name, at);
        } catch (Thrown.Failure e) {
          if (e.isA("MissingPropertyException") && e.at().equals(at)) {
            yield NONE;
          }
          throw e;
        }
      }
    };
  }

  void set(Frame frame, String name, @Nullable Object value, Position at) {
    switch (frame) {
      case Frame.InScript f -> f.unit().fields().define(name, value);
      case Frame.InClass f -> {
        ScriptObject self = f.self();
        if (self != null && self.hasField(name)) {
          self.assign(name, value, at);
        } else if (self != null) {
          self.setProperty(name, value, at);
        } else {
          f.type().setProperty(name, value, at);
        }
      }
      case Frame.InClosure f -> {
        ClosureValue closure = f.closure();
        boolean delegated =
            closure.delegates()
                && switch (closure.strategy()) {
                  case DELEGATE_FIRST ->
                      closure.delegate() instanceof Map<?, ?>
                          || ofDelegate(closure.delegate(), name, at) != NONE;
                  case DELEGATE_ONLY -> true;
                  case OWNER_FIRST, OWNER_ONLY, TO_SELF -> false;
                };
        if (delegated) {
          evaluator.setProperty(closure.delegate(), name, value, at);
        } else {
          set(f.outer(), name, value, at);
        }
      }
    }
  }

  /** Whether a call of {@code name} means something here, delegates aside. */
  boolean has(Frame frame, String name) {
    return switch (frame) {
      case Frame.InScript f -> scriptHas(f.unit(), name);
      case Frame.InClass f ->
          f.self() != null ? f.self().hasMethod(name) : f.type().hasMethod(name);
      case Frame.InClosure f -> has(f.outer(), name);
    };
  }

  private boolean scriptHas(Unit unit, String name) {
    return unit.program().methods().containsKey(name)
        || unit.fields().get(name) instanceof Callable
        || StepCatalog.find(name).isPresent()
        || StepCatalog.isSymbol(name)
        || Steps.FUNCTIONS.contains(name)
        || run.libraries().variable(name) != null;
  }

  /** Calls what {@code name} means in {@code frame}. */
  @Nullable Object call(Frame frame, String name, Arguments arguments, Position at) {
    return switch (frame) {
      case Frame.InScript f -> script(f.unit(), name, arguments, at);
      case Frame.InClass f -> inClass(f, name, arguments, at);
      case Frame.InClosure f -> {
        ClosureValue closure = f.closure();
        if (!closure.delegates()) {
          yield call(f.outer(), name, arguments, at);
        }
        yield switch (closure.strategy()) {
          case OWNER_FIRST -> {
            if (has(f.outer(), name)) {
              yield call(f.outer(), name, arguments, at);
            }
            Object found = onDelegate(closure.delegate(), name, arguments, at);
            yield found != NONE ? found : call(f.outer(), name, arguments, at);
          }
          case DELEGATE_FIRST -> {
            Object found = onDelegate(closure.delegate(), name, arguments, at);
            yield found != NONE ? found : call(f.outer(), name, arguments, at);
          }
          case OWNER_ONLY -> call(f.outer(), name, arguments, at);
          case DELEGATE_ONLY -> evaluator.callOn(closure.delegate(), name, arguments, at);
          case TO_SELF -> throw Methods.unknown(name, "Closure", Functions.METHODS, at);
        };
      }
    };
  }

  private @Nullable Object onDelegate(
      @Nullable Object delegate, String name, Arguments arguments, Position at) {
    return switch (delegate) {
      case null -> NONE;
      case ScriptValue s -> s.hasMethod(name) ? s.call(name, arguments, at) : NONE;
      case Map<?, ?> m when m.get(name) instanceof Callable c -> c.call(arguments.asList());
      default -> {
        try {
          yield evaluator.callOn(delegate, name, arguments, at);
        } catch (Thrown.Failure e) {
          if (e.isA("MissingMethodException") && e.at().equals(at)) {
            yield NONE;
          }
          throw e;
        }
      }
    };
  }

  private @Nullable Object inClass(
      Frame.InClass frame, String name, Arguments arguments, Position at) {
    ScriptValue target = frame.self() != null ? frame.self() : frame.type();
    if (!target.hasMethod(name) && StepCatalog.find(name).isPresent()) {
      throw Thrown.Failure.of(
          "MissingMethodException",
          "No signature of method: "
              + frame.type().typeName(true)
              + "."
              + name
              + "(): a class has no steps; give it the script ('this') and call script."
              + name,
          at);
    }
    return target.call(name, arguments, at);
  }

  /** Calls a method of a file, a script of a library, or a step. */
  @Nullable Object script(Unit unit, String name, Arguments arguments, Position at) {
    if (unit.program().methods().containsKey(name)) {
      List<Program.Method> all = new ArrayList<>();
      for (Program.Method m : unit.program().methods().values()) {
        if (m.name().equals(name)) {
          all.add(m);
        }
      }
      List<@Nullable Object> args = arguments.asList();
      Program.Method method = evaluator.invocation().choose(unit.typeName(), all, args, unit, at);
      return evaluator.invocation().method(method, new Frame.InScript(unit), args);
    }
    if (unit.fields().get(name) instanceof Callable callable) {
      return callable.call(arguments.asList());
    }
    Unit variable = run.libraries().variable(name);
    if (variable != null) {
      if (!variable.program().methods().containsKey("call")) {
        throw Methods.unknown("call", name, variable.program().methods().keySet(), at);
      }
      return script(variable, "call", arguments, at);
    }
    if (!unit.equals(run.unit()) && !scriptHas(unit, name)) {
      TreeSet<String> known = new TreeSet<>(unit.program().methods().keySet());
      known.addAll(StepCatalog.names());
      throw Methods.unknown(name, unit.typeName(), known, at);
    }
    return run.steps().call(name, arguments.plain(), at);
  }

  /** Names that mean something in {@code unit}, for the nearest of them. */
  Set<String> known(Unit unit) {
    Set<String> names = new TreeSet<>(List.of("env", "params", "currentBuild", "scm"));
    names.addAll(unit.program().methods().keySet());
    names.addAll(run.parameters().keySet());
    names.addAll(run.libraries().variableNames());
    names.addAll(evaluator.classes().names(unit));
    names.removeAll(Collections.singleton(""));
    return names;
  }
}
