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

/**
 * Evaluates expressions. Statements are {@link Executor}'s, names are {@link Names}', calls of
 * script code {@link Invocation}'s, steps {@link Steps}'.
 *
 * <p>Longer than others: it is one recursion over all kinds of expressions, whose parts call each
 * other.
 */
final class Evaluator {
  /** Methods that give what is there already, so that their results are not counted again. */
  private static final Set<String> GIVERS =
      Set.of(
          "get",
          "getAt",
          "getOrDefault",
          "find",
          "first",
          "last",
          "head",
          "pop",
          "remove",
          "removeLast",
          "removeAt",
          "min",
          "max",
          "each",
          "eachWithIndex",
          "sort",
          "unique",
          "put",
          "call",
          "inject",
          "getValue",
          "getKey",
          "value",
          "key",
          "toString",
          "asImmutable");

  /** The methods by which a class defines operators. */
  private static final Map<BinaryOp, String> OPERATORS =
      Map.ofEntries(
          Map.entry(BinaryOp.PLUS, "plus"),
          Map.entry(BinaryOp.MINUS, "minus"),
          Map.entry(BinaryOp.TIMES, "multiply"),
          Map.entry(BinaryOp.DIVIDE, "div"),
          Map.entry(BinaryOp.REMAINDER, "mod"),
          Map.entry(BinaryOp.POWER, "power"),
          Map.entry(BinaryOp.SHIFT_LEFT, "leftShift"),
          Map.entry(BinaryOp.SHIFT_RIGHT, "rightShift"),
          Map.entry(BinaryOp.BIT_AND, "and"),
          Map.entry(BinaryOp.BIT_OR, "or"),
          Map.entry(BinaryOp.BIT_XOR, "xor"));

  private final Run run;
  private final Members members;
  private final Executor executor;
  private final Names names;
  private final Invocation invocation;
  private final Classes classes;
  private final Memory memory;
  private final Assignments assignments;
  private final References references;
  private final Literals literals;
  private long operations;

  Evaluator(Run run) {
    this.run = run;
    this.memory = run.memory();
    this.members = new Members(run);
    this.executor = new Executor(this);
    this.names = new Names(run, this);
    this.invocation = new Invocation(run, this);
    this.classes = new Classes(run, this);
    this.assignments = new Assignments(run, this);
    this.references = new References(this);
    this.literals = new Literals(run, this);
  }

  Executor executor() {
    return executor;
  }

  Names names() {
    return names;
  }

  Members members() {
    return members;
  }

  Invocation invocation() {
    return invocation;
  }

  Classes classes() {
    return classes;
  }

  Frame frame(Scope scope) {
    Frame frame = scope.frame();
    return frame == null ? run.unit().frame() : frame;
  }

  Unit unit(Scope scope) {
    return frame(scope).unit();
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
      case Expr.Interpolated e -> literals.text(e, scope);
      case Expr.Name e -> name(e, scope);
      case Expr.ListOf e -> made(literals.list(e.items(), scope), e.at());
      case Expr.MapOf e -> made(literals.map(e, scope), e.at());
      case Expr.RangeOf e -> made(literals.range(e, scope), e.at());
      case Expr.Unary e -> unary(e, scope);
      case Expr.Binary e -> binary(e, scope);
      case Expr.Assign e -> assignments.assign(e, scope);
      case Expr.Increment e -> assignments.increment(e, scope);
      case Expr.Ternary e ->
          Values.truth(eval(e.condition(), scope)) ? eval(e.yes(), scope) : eval(e.no(), scope);
      case Expr.Elvis e -> {
        Object value = eval(e.value(), scope);
        yield Values.truth(value) ? value : eval(e.other(), scope);
      }
      case Expr.Property e -> property(e, scope);
      case Expr.Index e -> {
        Object target = eval(e.target(), scope);
        yield target == null && e.safe() ? null : index(target, eval(e.index(), scope), e.at());
      }
      case Expr.Call e -> call(e, scope);
      case Expr.Closure e -> new ClosureValue(this, e, scope);
      case Expr.New e -> construct(e, scope);
      case Expr.Cast e -> cast(e, scope);
      case Expr.InstanceOf e -> instanceOf(e, scope) != e.negated();
      case Expr.MethodPointer e -> references.of(e, scope);
      case Expr.Spread e ->
          throw Thrown.Failure.of("MissingMethodException", "'*' spreads nothing here", e.at());
    };
  }

  private @Nullable Object unary(Expr.Unary e, Scope scope) {
    Object value = LazyText.plain(eval(e.operand(), scope));
    String method =
        switch (e.op()) {
          case MINUS -> "negative";
          case PLUS -> "positive";
          case COMPLEMENT -> "bitwiseNegate";
          case NOT -> "";
        };
    if (value instanceof ScriptObject object) {
      if (object.hasMethod(method)) {
        return object.call(method, Arguments.NONE, e.at());
      }
      if (e.op() == Expr.UnaryOp.NOT) {
        return !truth(object, e.at());
      }
    }
    return Operators.unary(e.op(), value, e.at());
  }

  /** Groovy's truth, which a class may define by {@code asBoolean}. */
  static boolean truth(@Nullable Object value, Position at) {
    return (value instanceof ScriptObject object && object.hasMethod("asBoolean"))
        ? Values.truth(object.call("asBoolean", Arguments.NONE, at))
        : Values.truth(value);
  }

  /** Refuses a value that has outgrown its bound. */
  @Nullable Object bounded(@Nullable Object value, Position at) {
    switch (value) {
      case String s -> Limits.text(s.length());
      case Collection<?> c -> Limits.elements(c.size());
      case Map<?, ?> m -> Limits.elements(m.size());
      case null, default -> {}
    }
    return value;
  }

  /** Counts and bounds a value that has just been made. */
  private @Nullable Object made(@Nullable Object value, Position at) {
    switch (value) {
      case String s -> memory.text(s.length());
      case Collection<?> c -> memory.elements(c.size());
      case Map<?, ?> m -> memory.elements(4 * m.size());
      case null, default -> {}
    }
    return bounded(value, at);
  }

  private @Nullable Object name(Expr.Name e, Scope scope) {
    String name = e.name();
    Scope holder = scope.holder(name);
    if (holder != null) {
      return holder.get(name);
    }
    Frame frame = frame(scope);
    switch (name) {
      case "this" -> {
        return frame.self();
      }
      case "owner" -> {
        if (frame instanceof Frame.InClosure closure) {
          return closure.closure().property("owner", e.at());
        }
      }
      case "delegate" -> {
        if (frame instanceof Frame.InClosure closure) {
          return closure.closure().delegate();
        }
      }
      default -> {}
    }
    Object found = names.get(frame, name, e.at());
    return found != Names.NONE ? found : type(e, frame);
  }

  private Object type(Expr.Name e, Frame frame) {
    String name = e.name();
    String simple = name.substring(name.lastIndexOf('.') + 1);
    ScriptClass type = classes.find(simple, frame.unit());
    if (type != null) {
      return type;
    }
    if (Statics.isType(simple) || Thrown.isKnownType(simple)) {
      return new TypeValue(simple);
    }
    if (name.indexOf('.') >= 0) {
      throw Thrown.Failure.of(
          "RejectedAccessException",
          "the class '" + name + "' is not allowed" + Nearest.hint(simple, Statics.types()),
          e.at());
    }
    String where =
        frame instanceof Frame.InClass in ? in.type().typeName(true) : "groovy.lang.Binding";
    Set<String> known = names.known(frame.unit());
    known.addAll(Statics.types());
    throw ScriptValue.noProperty(name, where, known, e.at());
  }

  private @Nullable Object binary(Expr.Binary e, Scope scope) {
    Object left = eval(e.left(), scope);
    switch (e.op()) {
      case AND -> {
        return truth(left, e.at()) && truth(eval(e.right(), scope), e.at());
      }
      case OR -> {
        return truth(left, e.at()) || truth(eval(e.right(), scope), e.at());
      }
      case IDENTICAL, NOT_IDENTICAL -> {
        return (left == eval(e.right(), scope)) == (e.op() == BinaryOp.IDENTICAL);
      }
      default -> {
        return operate(
            e.op(), LazyText.plain(left), LazyText.plain(eval(e.right(), scope)), e.at());
      }
    }
  }

  /** An operator over values, of which some are objects of scripts or closures. */
  @Nullable Object operate(
      BinaryOp op, @Nullable Object left, @Nullable Object right, Position at) {
    String method = OPERATORS.get(op);
    if (left instanceof ScriptObject object && method != null && object.hasMethod(method)) {
      return object.call(method, Arguments.of(java.util.Collections.singletonList(right)), at);
    }
    if (left instanceof Callable f && right instanceof Callable g) {
      if (op == BinaryOp.SHIFT_RIGHT) {
        return Functions.composed(f, g);
      }
      if (op == BinaryOp.SHIFT_LEFT) {
        return Functions.composed(g, f);
      }
    }
    if (op == BinaryOp.SHIFT_LEFT && (left instanceof Collection<?> || left instanceof Map<?, ?>)) {
      memory.elements(1);
      return bounded(Operators.binary(op, left, right, at, this::tick), at);
    }
    return made(Operators.binary(op, left, right, at, this::tick), at);
  }

  @Nullable Object index(@Nullable Object on, @Nullable Object key, Position at) {
    Object target = LazyText.plain(on);
    Object index = LazyText.plain(key);
    if (target instanceof ScriptValue s) {
      return s.hasMethod("getAt")
          ? s.call("getAt", Arguments.of(java.util.Collections.singletonList(index)), at)
          : s.property(Values.text(index), at);
    }
    return members.index(target, index, at);
  }

  private @Nullable Object property(Expr.Property e, Scope scope) {
    if (e.target() instanceof Expr.Name n
        && n.name().equals("this")
        && frame(scope).self() instanceof ScriptObject self
        && e.name() instanceof Expr.Literal(Position at, Object own)
        && own instanceof String field
        && self.hasField(field)) {
      return self.field(field);
    }
    Object target = eval(e.target(), scope);
    String name = text(e.name(), scope);
    if (e.access() == Access.SPREAD) {
      if (target == null) {
        return null;
      }
      List<@Nullable Object> all = new ArrayList<>();
      for (Object element : Operators.elements(target, e.at())) {
        all.add(element == null ? null : property(element, name, e.at()));
      }
      return made(all, e.at());
    }
    return target == null && e.access() == Access.SAFE ? null : property(target, name, e.at());
  }

  void setProperty(@Nullable Object on, String name, @Nullable Object value, Position at) {
    assignments.setProperty(on, name, value, at);
  }

  @Nullable Object property(@Nullable Object target, String name, Position at) {
    return switch (LazyText.plain(target)) {
      case ScriptValue s ->
          name.equals("class") && !s.hasProperty(name) ? Members.typeOf(s) : s.property(name, at);
      case TypeValue t when t.name().equals("Closure") -> strategy(name, at);
      case null -> members.property(null, name, at);
      case Object plain -> members.property(plain, name, at);
    };
  }

  private static Object strategy(String name, Position at) {
    for (ClosureValue.Strategy strategy : ClosureValue.Strategy.values()) {
      if (strategy.name().equals(name)) {
        return strategy.number();
      }
    }
    throw ScriptValue.noProperty(name, "Closure", List.of("DELEGATE_FIRST", "OWNER_FIRST"), at);
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
      return implicit(e, method, scope);
    }
    if (on instanceof Expr.Name n && n.name().equals("super")) {
      return above(method, arguments(e.args(), scope), frame(scope), e.at());
    }
    Object target = eval(on, scope);
    if (e.access() == Access.SPREAD) {
      if (target == null) {
        return null;
      }
      List<@Nullable Object> all = new ArrayList<>();
      for (Object element : Operators.elements(target, e.at())) {
        all.add(
            element == null ? null : callOn(element, method, arguments(e.args(), scope), e.at()));
      }
      return made(all, e.at());
    }
    if (target == null && e.access() == Access.SAFE) {
      return null;
    }
    return callOn(target, method, arguments(e.args(), scope), e.at());
  }

  private @Nullable Object implicit(Expr.Call e, String method, Scope scope) {
    if (method.equals("pipeline") && Sections.block(e).isPresent()) {
      return run.declarative(e, scope);
    }
    if (!(e.name() instanceof Expr.Literal) && eval(e.name(), scope) instanceof Callable callable) {
      return callable.call(arguments(e.args(), scope).asList());
    }
    Scope holder = scope.holder(method);
    Arguments arguments = arguments(e.args(), scope);
    if (holder != null) {
      Object local = holder.get(method);
      if (local instanceof Callable callable) {
        return callable.call(arguments.asList());
      }
      if (local instanceof ScriptValue value && value.hasMethod("call")) {
        return value.call("call", arguments, e.at());
      }
    }
    return bounded(names.call(frame(scope), method, arguments, e.at()), e.at());
  }

  /** {@code super.method(…)}. */
  private @Nullable Object above(String method, Arguments arguments, Frame frame, Position at) {
    Frame in = frame;
    while (in instanceof Frame.InClosure closure) {
      in = closure.outer();
    }
    if (in instanceof Frame.InClass f && f.self() != null) {
      ScriptClass parent = f.type().parent();
      List<@Nullable Object> args = arguments.asList();
      if (parent != null && !parent.methods(method, false).isEmpty()) {
        Program.Method found =
            invocation.choose(
                parent.typeName(true), parent.methods(method, false), args, parent.unit(), at);
        return invocation.method(found, new Frame.InClass(parent.declaring(found), f.self()), args);
      }
      if (f.type().isException() && method.equals("getMessage")) {
        return f.self().message();
      }
      if (method.equals("toString")) {
        return f.type().typeName(true);
      }
    }
    throw Thrown.Failure.of(
        "MissingMethodException", "No signature of method: super." + method + "()", at);
  }

  /** Calls a method of a value. */
  @Nullable Object callOn(@Nullable Object on, String method, Arguments arguments, Position at) {
    Object target = LazyText.plain(on);
    if ((method.equals("with") || method.equals("tap"))
        && target != null
        && arguments.positional().size() == 1
        && arguments.positional().getFirst() instanceof ClosureValue closure) {
      Object value = closure.delegatingTo(target).call(java.util.Collections.singletonList(target));
      return method.equals("with") ? value : target;
    }
    if (target instanceof ScriptValue value) {
      return method.equals("getClass") && !value.hasMethod(method)
          ? Members.typeOf(value)
          : bounded(value.call(method, arguments, at), at);
    }
    int before = Assignments.size(target);
    Object result = members.call(target, method, arguments.plain(), at);
    assignments.grown(target, before, at);
    return result == target || GIVERS.contains(method) ? bounded(result, at) : made(result, at);
  }

  private @Nullable Object construct(Expr.New e, Scope scope) {
    return construct(e.type(), arguments(e.args(), scope), unit(scope), e.at());
  }

  @Nullable Object construct(String type, Arguments arguments, Unit unit, Position at) {
    ScriptClass known = classes.find(type, unit);
    if (known != null) {
      return invocation.construct(known, arguments, at);
    }
    List<@Nullable Object> args = arguments.asList();
    if (ExceptionTypes.isKnown(type)) {
      Object first = args.isEmpty() ? null : args.getFirst();
      Object cause =
          first instanceof ScriptValue s && s.isA("Throwable")
              ? first
              : args.size() > 1 ? args.get(1) : null;
      return new Thrown.Caught(
          Thrown.Failure.of(type, first == null ? null : Values.text(first), at).causedBy(cause));
    }
    return made(members.construct(type, arguments.plain(), at), at);
  }

  private @Nullable Object cast(Expr.Cast e, Scope scope) {
    Object value = eval(e.value(), scope);
    if (!e.converts()) {
      return made(invocation.coerce(e.type(), value, unit(scope), e.at()), e.at());
    }
    ScriptClass known = classes.find(e.type(), unit(scope));
    return known == null
        ? made(Operators.cast(e.type(), value, e.at()), e.at())
        : classes.coerce(known, value, e.at());
  }

  private boolean instanceOf(Expr.InstanceOf e, Scope scope) {
    Object value = eval(e.value(), scope);
    return value instanceof ScriptValue s ? s.isA(e.type()) : Operators.instanceOf(value, e.type());
  }
}
