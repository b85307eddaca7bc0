package dev.naru.pipeline.lang;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A closure with the variables around it. */
record ClosureValue(Evaluator evaluator, Expr.Closure closure, Scope captured)
    implements Values.Callable {
  @Override
  public @Nullable Object call(List<@Nullable Object> args) {
    return evaluator.callClosure(closure, captured, args);
  }

  @Override
  public int parameterCount() {
    return closure.implicitIt() ? 1 : closure.parameters().size();
  }

  @Override
  public String toString() {
    return "closure at " + closure.at();
  }
}
