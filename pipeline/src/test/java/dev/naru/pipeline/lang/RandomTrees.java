package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Expr.Access;
import dev.naru.pipeline.lang.Expr.Argument;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Random trees of the kinds that the parser makes. */
final class RandomTrees {
  private static final Position AT = Position.START;
  private static final List<String> NAMES =
      List.of("a", "b", "count", "env", "params", "it", "echo", "sh", "stage", "x1", "_y");
  private static final List<String> TYPES = List.of("def", "String", "int", "List", "Map");
  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "it's",
          "say \"x\"",
          "$HOME ${x}",
          "a\\b",
          "l1\nl2\ttab",
          "한글 ‸",
          "/*",
          "//",
          "\r\b");

  /** All but the one that the parser makes an {@link Expr.Elvis} of. */
  private static final List<BinaryOp> OPERATORS =
      Arrays.stream(BinaryOp.values()).filter(op -> op != BinaryOp.ELVIS).toList();

  private static final List<BinaryOp> ASSIGNING =
      List.of(BinaryOp.PLUS, BinaryOp.MINUS, BinaryOp.SHIFT_LEFT);

  private static final Expr NONE = new Expr.Name(AT, "a");

  /** One of each kind, for the switches below; {@code everyKindIsMade} compares it with Expr. */
  static final List<Expr> EXPRESSIONS =
      List.of(
          new Expr.Literal(AT, 1),
          NONE,
          new Expr.Interpolated(AT, List.of()),
          new Expr.ListOf(AT, List.of()),
          new Expr.MapOf(AT, List.of()),
          new Expr.RangeOf(AT, NONE, NONE, true),
          new Expr.Unary(AT, Expr.UnaryOp.NOT, NONE),
          new Expr.Binary(AT, BinaryOp.PLUS, NONE, NONE),
          new Expr.Assign(AT, NONE, null, NONE),
          new Expr.Increment(AT, NONE, true, true),
          new Expr.Ternary(AT, NONE, NONE, NONE),
          new Expr.Elvis(AT, NONE, NONE),
          new Expr.Property(AT, NONE, NONE, Access.PLAIN),
          new Expr.Index(AT, NONE, NONE, false),
          new Expr.Call(AT, null, NONE, List.of(), Access.PLAIN),
          new Expr.Closure(AT, List.of(), true, List.of()),
          new Expr.New(AT, "Date", List.of()),
          new Expr.Cast(AT, "int", NONE, true),
          new Expr.InstanceOf(AT, NONE, "String", false),
          new Expr.MethodPointer(AT, NONE, "a"),
          new Expr.Spread(AT, NONE));

  /** As {@link #EXPRESSIONS}. */
  static final List<Stmt> STATEMENTS =
      List.of(
          new Stmt.Do(AT, NONE),
          new Stmt.Define(AT, List.of(), null),
          new Stmt.If(AT, NONE, List.of(), List.of()),
          new Stmt.ForIn(AT, null, new Stmt.Variable(AT, "i", "def"), NONE, List.of()),
          new Stmt.ForLoop(AT, null, List.of(), null, List.of(), List.of()),
          new Stmt.While(AT, null, NONE, List.of(), false),
          new Stmt.Switch(AT, NONE, List.of()),
          new Stmt.Try(AT, List.of(), List.of(), List.of()),
          new Stmt.Throw(AT, NONE),
          new Stmt.Return(AT, null),
          new Stmt.Break(AT, null),
          new Stmt.Continue(AT, null),
          new Stmt.Block(AT, List.of()),
          new Stmt.Assert(AT, NONE, null));

  private final Random random;

  RandomTrees(Random random) {
    this.random = random;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private <T> List<T> some(int max, Supplier<T> of) {
    List<T> all = new ArrayList<>();
    for (int n = random.nextInt(max + 1); n > 0; n--) {
      all.add(of.get());
    }
    return List.copyOf(all);
  }

  Program program() {
    Map<String, Program.Method> methods = new LinkedHashMap<>();
    for (String name : some(2, () -> one(NAMES))) {
      methods.put(name, method(name));
    }
    return new Program(
        methods,
        random.nextBoolean() ? List.of() : List.of(type()),
        some(1, () -> define(2)),
        statements(),
        some(1, () -> new Program.Library(AT, one(List.of("lib@1", "x")))));
  }

  private Program.Method method(String name) {
    return new Program.Method(AT, name, parameters(), body(2), false, false);
  }

  private Program.ClassType type() {
    Program.ClassKind kind = one(List.of(Program.ClassKind.values()));
    boolean isClass = kind == Program.ClassKind.CLASS;
    boolean isEnum = kind == Program.ClassKind.ENUM;
    return new Program.ClassType(
        AT,
        "Thing",
        kind,
        isEnum ? "Enum" : isClass && random.nextBoolean() ? "Base" : "Object",
        random.nextBoolean() ? List.of() : List.of("Named"),
        kind == Program.ClassKind.INTERFACE ? List.of() : some(2, () -> field()),
        isClass ? some(1, () -> constructor()) : List.of(),
        List.of(member(kind)),
        isEnum ? List.of(constant("LOW"), constant("HIGH")) : List.of());
  }

  private Program.Method constructor() {
    return new Program.Method(
        AT, "<init>", parameters(), List.of(new Stmt.Do(AT, assign(1))), false, false);
  }

  private Program.Method member(Program.ClassKind kind) {
    boolean isAbstract = kind == Program.ClassKind.INTERFACE || random.nextInt(4) == 0;
    boolean leaves = isAbstract && kind != Program.ClassKind.ENUM;
    return new Program.Method(
        AT,
        "act",
        leaves ? List.of() : parameters(),
        leaves ? List.of() : body(2),
        !leaves && random.nextBoolean(),
        leaves);
  }

  private Program.Field field() {
    return new Program.Field(
        AT,
        "f" + random.nextInt(1000),
        one(TYPES),
        random.nextBoolean(),
        random.nextBoolean(),
        new Expr.Literal(AT, one(TEXTS)));
  }

  private Program.Constant constant(String name) {
    return new Program.Constant(
        AT, name, some(2, () -> new Argument(AT, null, new Expr.Literal(AT, random.nextInt(9)))));
  }

  private @Nullable String label() {
    return random.nextInt(3) == 0 ? "outer" : null;
  }

  private List<Expr.Parameter> parameters() {
    List<Expr.Parameter> all = new ArrayList<>();
    for (int n = random.nextInt(3); n > 0; n--) {
      all.add(
          new Expr.Parameter(
              AT, "p" + n, one(TYPES), random.nextInt(3) == 0 ? expr(1) : null, false));
    }
    return List.copyOf(all);
  }

  /** At least one: of an empty file Groovy makes a return. */
  private List<Stmt> statements() {
    List<Stmt> all = new ArrayList<>(some(4, () -> statement(4)));
    all.add(statement(4));
    return List.copyOf(all);
  }

  private List<Stmt> body(int depth) {
    return some(3, () -> statement(depth));
  }

  private Stmt define(int depth) {
    return new Stmt.Define(
        AT, List.of(new Stmt.Variable(AT, "v" + random.nextInt(9), one(TYPES))), expr(depth));
  }

  private Stmt statement(int depth) {
    return depth <= 0 ? new Stmt.Do(AT, call(0)) : statement(one(STATEMENTS), depth - 1);
  }

  /** One of the kind; a kind that is new has to be added here before this compiles. */
  private Stmt statement(Stmt kind, int d) {
    return switch (kind) {
      case Stmt.Do s -> new Stmt.Do(AT, random.nextBoolean() ? call(d) : assign(d));
      case Stmt.Define s -> define(d);
      case Stmt.If s -> new Stmt.If(AT, expr(d), body(d), body(d));
      case Stmt.ForIn s ->
          new Stmt.ForIn(AT, label(), new Stmt.Variable(AT, "i", one(TYPES)), expr(d), body(d));
      case Stmt.ForLoop s ->
          new Stmt.ForLoop(
              AT,
              label(),
              some(1, () -> counter()),
              random.nextBoolean() ? expr(d) : null,
              some(2, () -> new Expr.Increment(AT, name(), true, false)),
              body(d));
      case Stmt.While s -> new Stmt.While(AT, label(), expr(d), body(d), random.nextBoolean());
      case Stmt.Switch s ->
          new Stmt.Switch(
              AT,
              expr(d),
              List.of(
                  new Stmt.Case(AT, new Expr.Literal(AT, "k"), body(d)),
                  new Stmt.Case(AT, null, List.of(new Stmt.Do(AT, call(0))))));
      case Stmt.Try s ->
          new Stmt.Try(
              AT,
              body(d),
              List.of(new Stmt.Catch(AT, List.of("Exception"), "e", body(d))),
              body(d));
      case Stmt.Throw s -> new Stmt.Throw(AT, new Expr.New(AT, "Exception", arguments(d)));
      // The parser makes no difference between no value and a null that is written.
      case Stmt.Return s -> new Stmt.Return(AT, random.nextBoolean() ? call(d) : null);
      case Stmt.Break s -> loop(new Stmt.Break(AT, label()), d);
      case Stmt.Continue s -> loop(new Stmt.Continue(AT, label()), d);
      case Stmt.Block s -> new Stmt.Block(AT, body(d));
      // Groovy allows no assignment there.
      case Stmt.Assert s ->
          new Stmt.Assert(
              AT,
              new Expr.Unary(AT, Expr.UnaryOp.NOT, call(d)),
              random.nextBoolean() ? new Expr.Literal(AT, "m") : null);
    };
  }

  private Stmt loop(Stmt last, int d) {
    return new Stmt.While(AT, "outer", expr(d), List.of(last), false);
  }

  private static Stmt counter() {
    return new Stmt.Define(AT, List.of(new Stmt.Variable(AT, "i", "int")), new Expr.Literal(AT, 0));
  }

  private Expr assign(int d) {
    BinaryOp op = random.nextBoolean() ? null : one(ASSIGNING);
    return new Expr.Assign(AT, target(d), op, expr(d));
  }

  private Expr target(int depth) {
    return random.nextBoolean()
        ? name()
        : new Expr.Property(AT, simple(depth), new Expr.Literal(AT, one(NAMES)), Access.PLAIN);
  }

  private Expr.Name name() {
    return new Expr.Name(AT, one(NAMES));
  }

  private Expr simple(int depth) {
    return depth <= 0 || random.nextBoolean() ? name() : call(depth - 1);
  }

  private List<Argument> arguments(int depth) {
    List<Argument> all = new ArrayList<>();
    for (String n : List.of("k", "other key", "in")) {
      if (random.nextInt(4) == 0) {
        all.add(new Argument(AT, n, expr(depth - 1)));
      }
    }
    some(2, () -> new Argument(AT, null, expr(depth - 1))).forEach(all::add);
    return all;
  }

  private Expr.Call call(int depth) {
    boolean target = random.nextInt(3) == 0;
    return new Expr.Call(
        AT,
        target ? simple(depth) : null,
        new Expr.Literal(AT, one(NAMES)),
        arguments(depth),
        target ? one(List.of(Access.values())) : Access.PLAIN);
  }

  private @Nullable Object literal() {
    return switch (random.nextInt(8)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextInt(2000) - 1000;
      case 3 -> random.nextLong();
      case 4 -> new BigDecimal(random.nextInt(1000)).movePointLeft(2);
      case 5 -> new BigInteger(80, random);
      default -> one(TEXTS);
    };
  }

  private Expr interpolated(int depth) {
    List<Expr> parts = new ArrayList<>();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      parts.add(
          random.nextBoolean()
              ? new Expr.Literal(AT, "t" + one(TEXTS))
              : random.nextBoolean() ? name() : expr(depth));
    }
    // A closure without an arrow is not a part: Groovy calls it, and the call is.
    parts.replaceAll(e -> e instanceof Expr.Closure c && c.implicitIt() ? name() : e);
    return new Expr.Interpolated(AT, List.copyOf(parts));
  }

  private Expr expr(int depth) {
    return depth <= 0
        ? random.nextBoolean() ? name() : new Expr.Literal(AT, literal())
        : expr(one(EXPRESSIONS), depth - 1);
  }

  /** One of the kind; a kind that is new has to be added here before this compiles. */
  private Expr expr(Expr kind, int d) {
    return switch (kind) {
      case Expr.Literal e -> new Expr.Literal(AT, literal());
      case Expr.Name e -> name();
      case Expr.Interpolated e -> interpolated(d);
      case Expr.ListOf e -> new Expr.ListOf(AT, some(3, () -> expr(d)));
      case Expr.MapOf e ->
          new Expr.MapOf(
              AT, some(3, () -> new Expr.Entry(AT, new Expr.Literal(AT, one(NAMES)), expr(d))));
      case Expr.RangeOf e -> new Expr.RangeOf(AT, expr(d), expr(d), random.nextBoolean());
      case Expr.Unary e -> new Expr.Unary(AT, one(List.of(Expr.UnaryOp.values())), expr(d));
      case Expr.Binary e -> new Expr.Binary(AT, one(OPERATORS), expr(d), expr(d));
      case Expr.Assign e -> assign(d);
      case Expr.Increment e ->
          new Expr.Increment(AT, name(), random.nextBoolean(), random.nextBoolean());
      case Expr.Ternary e -> new Expr.Ternary(AT, expr(d), expr(d), expr(d));
      case Expr.Elvis e -> new Expr.Elvis(AT, expr(d), expr(d));
      case Expr.Property e ->
          new Expr.Property(
              AT, simple(d), new Expr.Literal(AT, one(NAMES)), one(List.of(Access.values())));
      case Expr.Index e -> new Expr.Index(AT, simple(d), expr(d), random.nextBoolean());
      case Expr.Call e -> call(d);
      case Expr.Closure e -> {
        boolean it = random.nextBoolean();
        yield new Expr.Closure(AT, it ? List.of() : parameters(), it, body(d));
      }
      case Expr.New e -> new Expr.New(AT, one(List.of("Date", "StringBuilder")), arguments(d));
      case Expr.Cast e ->
          new Expr.Cast(AT, one(List.of("String", "int", "List")), expr(d), random.nextBoolean());
      case Expr.InstanceOf e -> new Expr.InstanceOf(AT, expr(d), "String", random.nextBoolean());
      case Expr.MethodPointer e -> new Expr.MethodPointer(AT, name(), one(NAMES));
      case Expr.Spread e -> new Expr.ListOf(AT, List.of(new Expr.Spread(AT, name())));
    };
  }
}
