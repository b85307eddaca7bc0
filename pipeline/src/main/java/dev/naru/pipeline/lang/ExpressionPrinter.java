package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Expr.Access;
import dev.naru.pipeline.lang.Expr.Argument;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The expressions of {@link Printer}. */
final class ExpressionPrinter {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final Pattern LOWER = Pattern.compile("[a-z_][a-zA-Z0-9_]*");
  private static final Set<String> KEYWORDS =
      Set.of(
          "abstract",
          "as",
          "assert",
          "async",
          "await",
          "boolean",
          "break",
          "byte",
          "case",
          "catch",
          "char",
          "class",
          "const",
          "continue",
          "def",
          "default",
          "defer",
          "do",
          "double",
          "else",
          "enum",
          "extends",
          "false",
          "final",
          "finally",
          "float",
          "for",
          "goto",
          "if",
          "implements",
          "import",
          "in",
          "instanceof",
          "int",
          "interface",
          "long",
          "module",
          "native",
          "new",
          "null",
          "non",
          "package",
          "permits",
          "private",
          "protected",
          "public",
          "record",
          "return",
          "sealed",
          "short",
          "static",
          "strictfp",
          "super",
          "switch",
          "synchronized",
          "this",
          "threadsafe",
          "throw",
          "throws",
          "trait",
          "transient",
          "true",
          "try",
          "val",
          "var",
          "void",
          "volatile",
          "while",
          "yield");

  private final Printer printer;

  ExpressionPrinter(Printer printer) {
    this.printer = printer;
  }

  private Printer add(String text) {
    return printer.add(text);
  }

  /** A name as it is, or quoted where it is none. */
  static String name(String name) {
    return NAME.matcher(name).matches() && !KEYWORDS.contains(name) ? name : quoted(name);
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder("'");
    text.chars().forEach(c -> escaped((char) c, '\'', out));
    return out.append('\'').toString();
  }

  private static void escaped(char c, char quote, StringBuilder out) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\\' -> out.append("\\\\");
      default -> {
        if (c == quote || (c == '$' && quote == '"')) {
          out.append('\\').append(c);
        } else if (c < ' ' || c == 0x7f || Character.isSurrogate(c) || c == 0xfeff) {
          out.append(String.format("\\u%04x", (int) c));
        } else {
          out.append(c);
        }
      }
    }
  }

  /** An expression as a statement: calls look as people write steps. */
  void statement(Expr e) {
    if (e instanceof Expr.Call call && command(call)) {
      add(call.method()).add(" ");
      arguments(call.args());
    } else if (e instanceof Expr.Closure || e instanceof Expr.MapOf || e instanceof Expr.ListOf) {
      parenthesized(e);
    } else {
      print(e);
    }
  }

  private static boolean command(Expr.Call call) {
    return call.target() == null
        && LOWER.matcher(call.method()).matches()
        && !KEYWORDS.contains(call.method())
        && !call.args().isEmpty()
        && call.args().stream().noneMatch(a -> a.value() instanceof Expr.Closure)
        && (call.args().getFirst().name() != null
            || switch (call.args().getFirst().value()) {
              case Expr.Literal l -> l.value() instanceof String;
              case Expr.Interpolated i -> true;
              case Expr.Name n -> LOWER.matcher(n.name()).matches();
              default -> false;
            });
  }

  void print(Expr e) {
    switch (e) {
      case Expr.Literal x -> literal(x.value());
      case Expr.Interpolated x -> interpolated(x.parts());
      case Expr.Name x -> add(x.name());
      case Expr.ListOf x -> {
        add("[");
        list(x.items());
        add("]");
      }
      case Expr.MapOf x -> map(x);
      case Expr.RangeOf x -> infix(x.from(), x.inclusive() ? ".." : "..<", x.to());
      case Expr.Unary x -> unary(x);
      case Expr.Binary x -> infix(x.left(), " " + x.op().symbol() + " ", x.right());
      case Expr.Assign x -> assign(x);
      case Expr.Increment x -> {
        String symbol = x.up() ? "++" : "--";
        add(x.prefix() ? symbol : "");
        operand(x.target());
        add(x.prefix() ? "" : symbol);
      }
      case Expr.Ternary x -> {
        infix(x.condition(), " ? ", x.yes());
        add(" : ");
        operand(x.no());
      }
      case Expr.Elvis x -> infix(x.value(), " ?: ", x.other());
      case Expr.Property x -> {
        operand(x.target());
        add(access(x.access()));
        member(x.name());
      }
      case Expr.Index x -> {
        operand(x.target());
        add(x.safe() ? "?[" : "[");
        print(x.index());
        add("]");
      }
      case Expr.Call x -> call(x);
      case Expr.Closure x -> closure(x);
      case Expr.New x -> {
        add("new ").add(x.type()).add("(");
        arguments(x.args());
        add(")");
      }
      case Expr.Cast x -> {
        if (x.converts()) {
          operand(x.value());
          add(" as ").add(x.type());
        } else {
          add("(").add(x.type()).add(") ");
          operand(x.value());
        }
      }
      case Expr.InstanceOf x -> {
        operand(x.value());
        add(x.negated() ? " !instanceof " : " instanceof ").add(x.type());
      }
      case Expr.MethodPointer x -> {
        operand(x.target());
        add(".&").add(name(x.method()));
      }
      case Expr.Spread x -> {
        add("*");
        operand(x.value());
      }
    }
  }

  private void list(List<Expr> all) {
    for (int i = 0; i < all.size(); i++) {
      add(i == 0 ? "" : ", ");
      print(all.get(i));
    }
  }

  private void map(Expr.MapOf map) {
    if (map.entries().isEmpty()) {
      add("[:]");
      return;
    }
    add("[");
    boolean first = true;
    for (Expr.Entry entry : map.entries()) {
      add(first ? "" : ", ");
      first = false;
      switch (entry.key()) {
        case Expr.Spread s -> add("*");
        case Expr.Literal l when l.value() instanceof String s -> add(name(s));
        case Expr key -> parenthesized(key);
      }
      add(": ");
      print(entry.value());
    }
    add("]");
  }

  private static String access(Access access) {
    return switch (access) {
      case PLAIN -> ".";
      case SAFE -> "?.";
      case SPREAD -> "*.";
    };
  }

  private void member(Expr member) {
    if (member instanceof Expr.Literal l && l.value() instanceof String s) {
      add(name(s));
    } else if (member instanceof Expr.Interpolated) {
      print(member);
    } else {
      parenthesized(member);
    }
  }

  private void unary(Expr.Unary x) {
    add(
        switch (x.op()) {
          case NOT -> "!";
          case MINUS -> "-";
          case PLUS -> "+";
          case COMPLEMENT -> "~";
        });
    // A sign before a bare number would become part of it.
    if (x.operand() instanceof Expr.Literal || x.operand() instanceof Expr.Unary) {
      parenthesized(x.operand());
    } else {
      operand(x.operand());
    }
  }

  private void assign(Expr.Assign x) {
    if (x.target() instanceof Expr.ListOf targets) {
      add("(");
      list(targets.items());
      add(")");
    } else {
      operand(x.target());
    }
    add(
        switch (x.op()) {
          case null -> " = ";
          case ELVIS -> " ?= ";
          case BinaryOp op -> " " + op.symbol() + "= ";
        });
    operand(x.value());
  }

  private void call(Expr.Call x) {
    Expr target = x.target();
    boolean plain =
        x.name() instanceof Expr.Literal l && l.value() instanceof String s && name(s).equals(s);
    if (target != null) {
      operand(target);
      add(access(x.access()));
    } else if (!plain) {
      add("this.");
    }
    member(x.name());
    List<Argument> args = x.args();
    boolean block =
        !args.isEmpty()
            && args.getLast().name() == null
            && args.getLast().value() instanceof Expr.Closure;
    List<Argument> before = block ? args.subList(0, args.size() - 1) : args;
    if (!block || !before.isEmpty()) {
      add("(");
      arguments(before);
      add(")");
    }
    if (block) {
      add(" ");
      print(args.getLast().value());
    }
  }

  void arguments(List<Argument> args) {
    boolean first = true;
    for (Argument a : args) {
      add(first ? "" : ", ");
      first = false;
      if (a.name() != null) {
        add(name(a.name())).add(": ");
      }
      print(a.value());
    }
  }

  private void closure(Expr.Closure x) {
    add("{");
    if (!x.implicitIt()) {
      add(x.parameters().isEmpty() ? "" : " ");
      parameters(x.parameters());
      add(" ->");
    }
    printer.indented(x.body());
    add("}");
  }

  void parameters(List<Expr.Parameter> all) {
    boolean first = true;
    for (Expr.Parameter p : all) {
      add(first ? "" : ", ").add(p.type()).add(" ").add(p.name());
      first = false;
      if (p.initial() != null) {
        add(" = ");
        print(p.initial());
      }
    }
  }

  private void infix(Expr left, String symbol, Expr right) {
    operand(left);
    add(symbol);
    operand(right);
  }

  private void parenthesized(Expr e) {
    add("(");
    print(e);
    add(")");
  }

  private void operand(Expr e) {
    boolean simple =
        switch (e) {
          case Expr.Literal x -> !(x.value() instanceof Number n) || !n.toString().startsWith("-");
          case Expr.Name x -> true;
          case Expr.Interpolated x -> true;
          case Expr.Property x -> true;
          case Expr.Index x -> true;
          case Expr.ListOf x -> true;
          case Expr.MapOf x -> true;
          case Expr.Call x -> true;
          default -> false;
        };
    if (simple) {
      print(e);
    } else {
      parenthesized(e);
    }
  }

  private void literal(@Nullable Object value) {
    add(
        switch (value) {
          case null -> "null";
          case String s -> quoted(s);
          case Long n -> n + "L";
          case BigInteger n -> n + "G";
          case BigDecimal n -> n.scale() == 0 ? n + ".0" : n.toString();
          case Double n -> n + "d";
          case Float n -> n + "f";
          default -> value.toString();
        });
  }

  /** A part is text, or a value in braces; two texts in a row stay two. */
  private void interpolated(List<Expr> parts) {
    boolean values = parts.stream().anyMatch(p -> !isText(p));
    boolean afterText = !values;
    StringBuilder text = new StringBuilder();
    add("\"");
    for (Expr part : parts) {
      if (isText(part) && !afterText && part instanceof Expr.Literal l) {
        text.setLength(0);
        String.valueOf(l.value()).chars().forEach(c -> escaped((char) c, '"', text));
        add(text.toString());
        afterText = true;
      } else {
        add("${");
        print(part);
        add("}");
        afterText = false;
      }
    }
    add("\"");
  }

  private static boolean isText(Expr e) {
    return e instanceof Expr.Literal l && l.value() instanceof String s && !s.isEmpty();
  }
}
