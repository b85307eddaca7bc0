package dev.naru.pipeline.lang;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A closure with the variables around it, and the delegate that a script may give it. */
final class ClosureValue implements AnyClosure {
  /** In which order names are looked up; the constants of {@code Closure}, by their numbers. */
  enum Strategy {
    OWNER_FIRST(0),
    DELEGATE_FIRST(1),
    OWNER_ONLY(2),
    DELEGATE_ONLY(3),
    TO_SELF(4);

    private final int number;

    Strategy(int number) {
      this.number = number;
    }

    /** The value of the constant of {@code Closure}. */
    int number() {
      return number;
    }
  }

  private static final Set<String> PROPERTIES =
      Set.of("delegate", "owner", "thisObject", "resolveStrategy", "maximumNumberOfParameters");

  private final Evaluator evaluator;
  private final Expr.Closure closure;
  private final Scope captured;
  private final Frame outer;
  private @Nullable Object delegate;
  private Strategy strategy = Strategy.OWNER_FIRST;

  ClosureValue(Evaluator evaluator, Expr.Closure closure, Scope captured) {
    this.evaluator = evaluator;
    this.closure = closure;
    this.captured = captured;
    this.outer = evaluator.frame(captured);
    this.delegate = outer.owner();
  }

  /** A copy that looks names up in {@code other} first. */
  ClosureValue delegatingTo(@Nullable Object other) {
    ClosureValue copy = new ClosureValue(evaluator, closure, captured);
    copy.delegate = other;
    copy.strategy = Strategy.DELEGATE_FIRST;
    return copy;
  }

  Expr.Closure closure() {
    return closure;
  }

  @Nullable Object delegate() {
    return delegate;
  }

  Strategy strategy() {
    return strategy;
  }

  /** Whether a delegate other than the owner was set. */
  boolean delegates() {
    return delegate != null && delegate != outer.owner();
  }

  @Override
  public @Nullable Object call(List<@Nullable Object> args) {
    return evaluator.invocation().closure(this, captured, new Frame.InClosure(this, outer), args);
  }

  @Override
  public int parameterCount() {
    return closure.implicitIt() ? 1 : closure.parameters().size();
  }

  @Override
  public boolean hasProperty(String name) {
    return PROPERTIES.contains(name);
  }

  @Override
  public @Nullable Object property(String name, Position at) {
    return switch (name) {
      case "delegate" -> delegate;
      case "owner" -> outer.owner();
      case "thisObject" -> outer.self();
      case "resolveStrategy" -> strategy.number();
      case "maximumNumberOfParameters" -> parameterCount();
      default -> throw ScriptValue.noProperty(name, "Closure", PROPERTIES, at);
    };
  }

  @Override
  public void setProperty(String name, @Nullable Object value, Position at) {
    switch (name) {
      case "delegate" -> delegate = value;
      case "resolveStrategy" -> {
        int wanted = value instanceof Number n ? n.intValue() : -1;
        if (wanted < 0 || wanted >= Strategy.values().length) {
          throw Thrown.Failure.of(
              "IllegalArgumentException", "no such resolve strategy: " + Values.text(value), at);
        }
        strategy = Strategy.values()[wanted];
      }
      default -> throw ScriptValue.noProperty(name, "Closure", PROPERTIES, at);
    }
  }

  @Override
  public @Nullable Object call(String name, Arguments arguments, Position at) {
    List<@Nullable Object> args = arguments.asList();
    switch (name) {
      case "setDelegate", "setResolveStrategy" -> {
        setProperty(property(name), args.isEmpty() ? null : args.getFirst(), at);
        return null;
      }
      case "getDelegate", "getOwner", "getThisObject", "getResolveStrategy" -> {
        return property(property(name), at);
      }
      case "clone" -> {
        ClosureValue copy = delegatingTo(delegate);
        copy.strategy = strategy;
        return copy;
      }
      case "rehydrate" -> {
        return delegatingTo(args.isEmpty() ? null : args.getFirst());
      }
      default -> {
        return Functions.call(this, name, args, at);
      }
    }
  }

  private static String property(String accessor) {
    return Character.toLowerCase(accessor.charAt(3)) + accessor.substring(4);
  }

  @Override
  public String toString() {
    return "closure at " + closure.at();
  }
}
