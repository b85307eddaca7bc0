package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Expr.Access;
import dev.naru.pipeline.lang.Values.Callable;
import dev.naru.pipeline.lang.Values.TypeValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions. Statements are {@link Executor}'s, steps are {@link Steps}'. */
final class Evaluator {
  private static final Set<String> TYPES =
      Set.of(
          "Math",
          "Integer",
          "Long",
          "String",
          "Boolean",
          "System",
          "Object",
          "List",
          "Map",
          "BigDecimal",
          "Double",
          "Float",
          "Number",
          "Arrays",
          "Collections",
          "UUID",
          "Pattern");

  private final Run run;
  private final Members members;
  private final Executor executor;
  private final Scope binding = new Scope(null);
  private long operations;

  Evaluator(Run run) {
    this.run = run;
    this.members = new Members(run);
    this.executor = new Executor(this);
  }

  Executor executor() {
    return executor;
  }

  Scope binding() {
    return binding;
  }

  void tick() {
    if (++operations > run.limits().operationsMax()) {
      throw new Thrown.Limit(
          "more than " + run.limits().operationsMax() + " operations of script code in a run");
    }
  }

  String text(Expr expr, Scope scope) {
    return Values.text(eval(expr, scope));
  }

  @Nullable Object eval(Expr expr, Scope scope) {
    tick();
    return switch (expr) {
      case Expr.Literal e -> e.value();
      case Expr.Interpolated e -> interpolate(e, scope);
      case Expr.Name e -> name(e, scope);
      case Expr.ListOf e -> bounded(items(e.items(), scope), e.at());
      case Expr.MapOf e -> map(e, scope);
      case Expr.RangeOf e -> range(e, scope);
      case Expr.Unary e -> Operators.unary(e.op(), eval(e.operand(), scope), e.at());
      case Expr.Binary e -> binary(e, scope);
      case Expr.Assign e -> assign(e, scope);
      case Expr.Increment e -> increment(e, scope);
      case Expr.Ternary e ->
          Values.truth(eval(e.condition(), scope)) ? eval(e.yes(), scope) : eval(e.no(), scope);
      case Expr.Elvis e -> {
        Object value = eval(e.value(), scope);
        yield Values.truth(value) ? value : eval(e.other(), scope);
      }
      case Expr.Property e -> property(e, scope);
      case Expr.Index e -> {
        Object target = eval(e.target(), scope);
        yield target == null && e.safe()
            ? null
            : members.index(target, eval(e.index(), scope), e.at());
      }
      case Expr.Call e -> call(e, scope);
      case Expr.Closure e -> new ClosureValue(this, e, scope);
      case Expr.New e -> members.construct(e.type(), arguments(e.args(), scope), e.at());
      case Expr.Cast e -> Operators.cast(e.type(), eval(e.value(), scope), e.at());
      case Expr.InstanceOf e ->
          Operators.instanceOf(eval(e.value(), scope), e.type()) != e.negated();
      case Expr.MethodPointer e -> pointer(e, scope);
      case Expr.Spread e ->
          throw Thrown.Failure.of("MissingMethodException", "'*' spreads nothing here", e.at());
    };
  }

  private Object interpolate(Expr.Interpolated e, Scope scope) {
    StringBuilder text = new StringBuilder();
    for (Expr part : e.parts()) {
      Object value = eval(part, scope);
      text.append(
          value instanceof ClosureValue closure
              ? Values.text(closure.call(List.of()))
              : Values.text(value));
      if (text.length() > run.limits().textMaxChars()) {
        throw tooLong();
      }
    }
    return text.toString();
  }

  private Thrown.Limit tooLong() {
    return new Thrown.Limit("a string of more than " + run.limits().textMaxChars() + " characters");
  }

  /** Refuses a value that has outgrown its bound. */
  @Nullable Object bounded(@Nullable Object value, Position at) {
    int max = run.limits().elementsMax();
    if (value instanceof String s && s.length() > run.limits().textMaxChars()) {
      throw tooLong();
    }
    if ((value instanceof Collection<?> c && c.size() > max)
        || (value instanceof Map<?, ?> m && m.size() > max)) {
      throw new Thrown.Limit("a list or map of more than " + max + " elements at " + at);
    }
    return value;
  }

  private List<@Nullable Object> items(List<Expr> items, Scope scope) {
    List<@Nullable Object> list = new ArrayList<>();
    for (Expr item : items) {
      if (item instanceof Expr.Spread spread) {
        list.addAll(Operators.elements(eval(spread.value(), scope), spread.at()));
      } else {
        list.add(eval(item, scope));
      }
    }
    return list;
  }

  private Object map(Expr.MapOf e, Scope scope) {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    for (Expr.Entry entry : e.entries()) {
      if (entry.key() instanceof Expr.Spread spread) {
        if (eval(spread.value(), scope) instanceof Map<?, ?> more) {
          map.putAll(more);
        }
      } else {
        map.put(eval(entry.key(), scope), eval(entry.value(), scope));
      }
    }
    return map;
  }

  private Object range(Expr.RangeOf e, Scope scope) {
    Object from = eval(e.from(), scope);
    Object to = eval(e.to(), scope);
    List<@Nullable Object> list = new ArrayList<>();
    if (from instanceof Number a && to instanceof Number b) {
      long first = a.longValue();
      long last = b.longValue();
      int step = first <= last ? 1 : -1;
      if (Math.abs(last - first) > run.limits().elementsMax()) {
        throw new Thrown.Limit("a range of more than " + run.limits().elementsMax() + " elements");
      }
      for (long i = first; step > 0 ? i <= last : i >= last; i += step) {
        list.add(i == (int) i ? (Object) (int) i : (Object) i);
      }
    } else if (from instanceof String a
        && to instanceof String b
        && a.length() == 1
        && b.length() == 1) {
      for (char c = a.charAt(0); c <= b.charAt(0); c++) {
        list.add(String.valueOf(c));
      }
    } else {
      throw Thrown.Failure.of(
          "IllegalArgumentException", "a range needs two numbers or two letters", e.at());
    }
    if (!e.inclusive() && !list.isEmpty()) {
      list.removeLast();
    }
    return list;
  }

  private @Nullable Object name(Expr.Name e, Scope scope) {
    String name = e.name();
    Scope holder = scope.holder(name);
    if (holder != null) {
      return holder.get(name);
    }
    if (binding.holder(name) != null) {
      return binding.get(name);
    }
    switch (name) {
      case "env" -> {
        return Values.Builtin.ENV;
      }
      case "params" -> {
        return Values.Builtin.PARAMS;
      }
      case "currentBuild" -> {
        return Values.Builtin.CURRENT_BUILD;
      }
      case "scm" -> {
        return Values.Builtin.SCM;
      }
      default -> {}
    }
    String variable = run.variable(name);
    if (variable != null) {
      return variable;
    }
    if (run.parameters().containsKey(name)) {
      return run.parameters().get(name);
    }
    if (TYPES.contains(name) || Thrown.isKnownType(name)) {
      return new TypeValue(name);
    }
    throw Thrown.Failure.of(
        "MissingPropertyException",
        "No such property: " + name + " for class: groovy.lang.Binding",
        e.at());
  }

  private @Nullable Object binary(Expr.Binary e, Scope scope) {
    Object left = eval(e.left(), scope);
    if (e.op() == BinaryOp.AND) {
      return Values.truth(left) && Values.truth(eval(e.right(), scope));
    }
    if (e.op() == BinaryOp.OR) {
      return Values.truth(left) || Values.truth(eval(e.right(), scope));
    }
    if (e.op() == BinaryOp.IDENTICAL || e.op() == BinaryOp.NOT_IDENTICAL) {
      return (left == eval(e.right(), scope)) == (e.op() == BinaryOp.IDENTICAL);
    }
    return bounded(
        Operators.binary(e.op(), left, eval(e.right(), scope), e.at(), this::tick), e.at());
  }

  private @Nullable Object assign(Expr.Assign e, Scope scope) {
    if (e.op() == null && e.target() instanceof Expr.ListOf several) {
      Object value = eval(e.value(), scope);
      List<?> values = List.copyOf(Operators.elements(value, e.at()));
      for (int i = 0; i < several.items().size(); i++) {
        store(several.items().get(i), i < values.size() ? values.get(i) : null, scope);
      }
      return value;
    }
    BinaryOp op = e.op();
    Object value;
    if (op == null) {
      value = eval(e.value(), scope);
    } else {
      Object before = eval(e.target(), scope);
      value =
          op == BinaryOp.ELVIS
              ? Values.truth(before) ? before : eval(e.value(), scope)
              : Operators.binary(op, before, eval(e.value(), scope), e.at(), this::tick);
    }
    store(e.target(), bounded(value, e.at()), scope);
    return value;
  }

  private @Nullable Object increment(Expr.Increment e, Scope scope) {
    Object before = eval(e.target(), scope);
    Object after =
        Operators.binary(e.up() ? BinaryOp.PLUS : BinaryOp.MINUS, before, 1, e.at(), this::tick);
    store(e.target(), after, scope);
    return e.prefix() ? after : before;
  }

  void store(Expr target, @Nullable Object value, Scope scope) {
    switch (target) {
      case Expr.Name n -> {
        Scope holder = scope.holder(n.name());
        (holder != null ? holder : binding).define(n.name(), value);
      }
      case Expr.Property p ->
          members.setProperty(eval(p.target(), scope), text(p.name(), scope), value, p.at());
      case Expr.Index i ->
          members.setIndex(eval(i.target(), scope), eval(i.index(), scope), value, i.at());
      default ->
          throw Thrown.Failure.of(
              "MissingPropertyException", "this cannot be assigned to", target.at());
    }
  }

  private @Nullable Object property(Expr.Property e, Scope scope) {
    Object target = eval(e.target(), scope);
    String name = text(e.name(), scope);
    if (e.access() == Access.SPREAD) {
      List<@Nullable Object> all = new ArrayList<>();
      for (Object element : Operators.elements(target, e.at())) {
        all.add(members.property(element, name, e.at()));
      }
      return all;
    }
    return target == null && e.access() == Access.SAFE
        ? null
        : members.property(target, name, e.at());
  }

  private Object pointer(Expr.MethodPointer e, Scope scope) {
    if (e.target() instanceof Expr.Name n && n.name().equals("this")) {
      return function(args -> callByName(e.method(), new Arguments(Map.of(), args), e.at()));
    }
    Object target = eval(e.target(), scope);
    return function(
        args -> members.call(target, e.method(), new Arguments(Map.of(), args), e.at()));
  }

  private static Callable function(
      java.util.function.Function<List<@Nullable Object>, @Nullable Object> body) {
    return new Callable() {
      @Override
      public @Nullable Object call(List<@Nullable Object> args) {
        return body.apply(args);
      }

      @Override
      public int parameterCount() {
        return 1;
      }
    };
  }

  Arguments arguments(List<Expr.Argument> args, Scope scope) {
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    List<@Nullable Object> positional = new ArrayList<>();
    for (Expr.Argument a : args) {
      if (a.name() != null) {
        named.put(a.name(), eval(a.value(), scope));
      } else if (a.value() instanceof Expr.Spread spread) {
        positional.addAll(Operators.elements(eval(spread.value(), scope), spread.at()));
      } else {
        positional.add(eval(a.value(), scope));
      }
    }
    return new Arguments(named, positional);
  }

  private @Nullable Object call(Expr.Call e, Scope scope) {
    String method = e.method().isEmpty() ? text(e.name(), scope) : e.method();
    Expr on = e.target();
    if (on == null) {
      Scope holder = scope.holder(method);
      Object local = holder != null ? holder.get(method) : binding.get(method);
      Arguments arguments = arguments(e.args(), scope);
      return local instanceof Callable callable
          ? callable.call(arguments.asList())
          : callByName(method, arguments, e.at());
    }
    if (on instanceof Expr.Name n && n.name().equals("steps") && scope.holder("steps") == null) {
      return callByName(method, arguments(e.args(), scope), e.at());
    }
    Object target = eval(on, scope);
    if (e.access() == Access.SPREAD) {
      List<@Nullable Object> all = new ArrayList<>();
      for (Object element : Operators.elements(target, e.at())) {
        all.add(members.call(element, method, arguments(e.args(), scope), e.at()));
      }
      return all;
    }
    if (target == null && e.access() == Access.SAFE) {
      return null;
    }
    return bounded(members.call(target, method, arguments(e.args(), scope), e.at()), e.at());
  }

  /** Calls a top-level method of the file, or a step. */
  @Nullable Object callByName(String name, Arguments arguments, Position at) {
    Program.Method method = run.program().methods().get(name);
    if (method != null) {
      return run.branches().deeper(() -> invoke(method, arguments));
    }
    return run.steps().call(name, arguments, at);
  }

  private @Nullable Object invoke(Program.Method method, Arguments arguments) {
    Scope scope = new Scope(null);
    bind(method.name(), method.parameters(), arguments.asList(), scope, method.at());
    try {
      return executor.body(method.body(), scope);
    } catch (Executor.Return r) {
      return r.value();
    }
  }

  void bind(
      String what,
      List<Expr.Parameter> parameters,
      List<@Nullable Object> args,
      Scope scope,
      Position at) {
    for (int i = 0; i < parameters.size(); i++) {
      Expr.Parameter p = parameters.get(i);
      if (p.rest() && !(args.size() == parameters.size() && args.get(i) instanceof List<?>)) {
        scope.define(
            p.name(), new ArrayList<>(args.subList(Math.min(i, args.size()), args.size())));
        return;
      }
      if (i < args.size()) {
        scope.define(p.name(), Operators.cast(p.type(), args.get(i), at));
      } else if (p.initial() != null) {
        scope.define(p.name(), eval(p.initial(), scope));
      } else {
        throw Thrown.Failure.of(
            "MissingMethodException", "'" + what + "' needs the argument '" + p.name() + "'", at);
      }
    }
    if (args.size() > parameters.size()) {
      throw Thrown.Failure.of(
          "MissingMethodException",
          "'" + what + "' takes " + parameters.size() + " arguments, not " + args.size(),
          at);
    }
  }

  @Nullable Object callClosure(Expr.Closure closure, Scope captured, List<@Nullable Object> args) {
    return run.branches()
        .deeper(
            () -> {
              tick();
              Scope scope = new Scope(captured);
              if (closure.implicitIt()) {
                scope.define("it", args.isEmpty() ? null : args.getFirst());
              } else {
                List<@Nullable Object> given = args;
                if (closure.parameters().size() > 1
                    && args.size() == 1
                    && args.getFirst() instanceof List<?> list) {
                  given = new ArrayList<>(list);
                }
                bind("closure", closure.parameters(), given, scope, closure.at());
              }
              try {
                return executor.body(closure.body(), scope);
              } catch (Executor.Return r) {
                return r.value();
              }
            });
  }
}
