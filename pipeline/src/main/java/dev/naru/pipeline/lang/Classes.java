package dev.naru.pipeline.lang;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The classes of a run: those of the Jenkinsfile and of the libraries' {@code src} folders. */
final class Classes {
  private final Run run;
  private final Evaluator evaluator;
  private final Map<Program.ClassType, ScriptClass> started = new HashMap<>();
  private final Set<Program.ClassType> starting = new HashSet<>();

  Classes(Run run, Evaluator evaluator) {
    this.run = run;
    this.evaluator = evaluator;
  }

  /** The class that {@code name}, seen from {@code unit}, means; null when scripts define none. */
  @Nullable ScriptClass find(String name, Unit unit) {
    for (Program.ClassType type : unit.program().classes()) {
      if (type.name().equals(name)) {
        return start(type, unit);
      }
    }
    Unit holder = run.libraries().classHolder(name);
    if (holder != null && !holder.equals(unit)) {
      for (Program.ClassType type : holder.program().classes()) {
        if (type.name().equals(name)) {
          return start(type, holder);
        }
      }
    }
    return null;
  }

  private ScriptClass start(Program.ClassType type, Unit unit) {
    ScriptClass known = started.get(type);
    if (known != null) {
      return known;
    }
    if (!starting.add(type)) {
      throw Thrown.Failure.of(
          "MultipleCompilationErrorsException",
          "Cyclic inheritance involving the class " + type.name(),
          type.at());
    }
    ScriptClass parent = null;
    if (type.kind() == Program.ClassKind.CLASS && !type.parent().equals("Object")) {
      parent = find(type.parent(), unit);
      if (parent == null && !ExceptionTypes.isKnown(type.parent())) {
        throw Thrown.Failure.of(
            "RejectedAccessException",
            "the class '"
                + type.parent()
                + "' is not allowed as what '"
                + type.name()
                + "' extends; allowed are classes of the file and exceptions"
                + Nearest.hint(type.parent(), ExceptionTypes.names()),
            type.at());
      }
    }
    ScriptClass made = new ScriptClass(type, unit, parent, evaluator.invocation());
    started.put(type, made);
    made.start();
    return made;
  }

  Set<String> names(Unit unit) {
    TreeSet<String> names = new TreeSet<>();
    unit.program().classes().forEach(c -> names.add(c.name()));
    names.addAll(run.libraries().classNames());
    return names;
  }

  /** A value as an object of {@code type}: a constant from its name, an object from a map. */
  @Nullable Object coerce(ScriptClass type, @Nullable Object value, Position at) {
    if (value == null || (value instanceof ScriptValue s && s.isA(type.type().name()))) {
      return value;
    }
    if (type.isEnum() && value instanceof String name) {
      return type.constant(name, at);
    }
    if (value instanceof Map<?, ?> map && type.type().kind() == Program.ClassKind.CLASS) {
      return evaluator
          .invocation()
          .construct(type, Arguments.of(java.util.Collections.singletonList(map)), at);
    }
    if (value instanceof java.util.List<?> list && type.type().kind() == Program.ClassKind.CLASS) {
      return evaluator
          .invocation()
          .construct(type, Arguments.of(new java.util.ArrayList<>(list)), at);
    }
    throw Thrown.Failure.of(
        "GroovyCastException",
        "Cannot cast object '"
            + Values.text(value)
            + "' with class '"
            + Values.typeName(value)
            + "' to class '"
            + type.type().name()
            + "'",
        at);
  }
}
