package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Values.TypeValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Method references: {@code this.&m}, {@code value.&m}, {@code Type.&m}, {@code Type::m}. */
final class References {
  private final Evaluator evaluator;

  References(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Object of(Expr.MethodPointer e, Scope scope) {
    Object target = evaluator.eval(e.target(), scope);
    String method = e.method();
    if (method.equals("new")) {
      String type =
          target instanceof ScriptClass c
              ? c.typeName(true)
              : target instanceof TypeValue t ? t.name() : Values.typeName(target);
      Unit unit = evaluator.unit(scope);
      return new FunctionValue(
          1, args -> evaluator.construct(type, Arguments.of(args), unit, e.at()));
    }
    if (target instanceof ScriptClass type && !type.hasMethod(method)) {
      return new FunctionValue(1, args -> ofFirst(method, args, e.at()));
    }
    if (target instanceof TypeValue type && !Statics.has(type.name(), method)) {
      return new FunctionValue(1, args -> ofFirst(method, args, e.at()));
    }
    return new FunctionValue(
        parameters(target, method),
        args -> evaluator.callOn(target, method, Arguments.of(args), e.at()));
  }

  /** {@code Type.&method} on an instance: the first argument is what it is called on. */
  private @Nullable Object ofFirst(String method, List<@Nullable Object> args, Position at) {
    if (args.isEmpty()) {
      throw Thrown.Failure.of("MissingMethodException", method + "() needs an object", at);
    }
    return evaluator.callOn(
        args.getFirst(), method, Arguments.of(args.subList(1, args.size())), at);
  }

  private static int parameters(@Nullable Object target, String method) {
    if (target instanceof Unit unit) {
      Program.Method m = unit.program().methods().get(method);
      return m == null ? 1 : m.parameters().size();
    }
    if (target instanceof ScriptObject object) {
      List<Program.Method> all = object.type().methods(method, false);
      return all.isEmpty() ? 1 : all.getFirst().parameters().size();
    }
    return 1;
  }
}
