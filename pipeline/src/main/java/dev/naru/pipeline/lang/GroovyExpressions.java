package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Expr.Access;
import dev.naru.pipeline.lang.Expr.Argument;
import dev.naru.pipeline.lang.Expr.UnaryOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.codehaus.groovy.ast.Parameter;
import org.codehaus.groovy.ast.expr.ArrayExpression;
import org.codehaus.groovy.ast.expr.BinaryExpression;
import org.codehaus.groovy.ast.expr.BitwiseNegationExpression;
import org.codehaus.groovy.ast.expr.BooleanExpression;
import org.codehaus.groovy.ast.expr.CastExpression;
import org.codehaus.groovy.ast.expr.ClassExpression;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.ConstructorCallExpression;
import org.codehaus.groovy.ast.expr.ElvisOperatorExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.GStringExpression;
import org.codehaus.groovy.ast.expr.ListExpression;
import org.codehaus.groovy.ast.expr.MapEntryExpression;
import org.codehaus.groovy.ast.expr.MapExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.MethodPointerExpression;
import org.codehaus.groovy.ast.expr.NotExpression;
import org.codehaus.groovy.ast.expr.PostfixExpression;
import org.codehaus.groovy.ast.expr.PrefixExpression;
import org.codehaus.groovy.ast.expr.PropertyExpression;
import org.codehaus.groovy.ast.expr.RangeExpression;
import org.codehaus.groovy.ast.expr.SpreadExpression;
import org.codehaus.groovy.ast.expr.SpreadMapExpression;
import org.codehaus.groovy.ast.expr.TernaryExpression;
import org.codehaus.groovy.ast.expr.TupleExpression;
import org.codehaus.groovy.ast.expr.UnaryMinusExpression;
import org.codehaus.groovy.ast.expr.UnaryPlusExpression;
import org.codehaus.groovy.ast.expr.VariableExpression;
import org.jspecify.annotations.Nullable;

/** Groovy's expression nodes to {@link Expr}. */
final class GroovyExpressions {
  private static final Map<String, BinaryOp> OPERATORS = new HashMap<>();

  static {
    for (BinaryOp op : BinaryOp.values()) {
      OPERATORS.put(op.symbol(), op);
    }
  }

  private static final Pattern QUALIFIED =
      Pattern.compile(
          "(java|javax|groovy|hudson|jenkins|org|com|net|io|dev)(\\.[a-z][a-z0-9_]*)*\\.[A-Z]\\w*");

  private final GroovyTree tree;
  private final GroovyTypes types;

  GroovyExpressions(GroovyTree tree, GroovyTypes types) {
    this.types = types;
    this.tree = tree;
  }

  Expr of(Expression e) {
    Position at = GroovyTree.at(e);
    return switch (e) {
      case ConstantExpression x ->
          new Expr.Literal(at, x.getValue() instanceof String s ? s.intern() : x.getValue());
      case GStringExpression x -> new Expr.Interpolated(at, parts(x));
      case VariableExpression x -> new Expr.Name(at, x.getName());
      case ClassExpression x -> new Expr.Name(at, x.getType().getNameWithoutPackage());
      case MethodCallExpression x -> call(x);
      case PropertyExpression x -> property(at, x);
      case BinaryExpression x -> binary(at, x);
      case NotExpression x -> new Expr.Unary(at, UnaryOp.NOT, of(x.getExpression()));
      case BooleanExpression x -> of(x.getExpression());
      case UnaryMinusExpression x -> new Expr.Unary(at, UnaryOp.MINUS, of(x.getExpression()));
      case UnaryPlusExpression x -> new Expr.Unary(at, UnaryOp.PLUS, of(x.getExpression()));
      case BitwiseNegationExpression x ->
          new Expr.Unary(at, UnaryOp.COMPLEMENT, of(x.getExpression()));
      case ElvisOperatorExpression x ->
          new Expr.Elvis(at, of(x.getTrueExpression()), of(x.getFalseExpression()));
      case TernaryExpression x ->
          new Expr.Ternary(
              at,
              of(x.getBooleanExpression()),
              of(x.getTrueExpression()),
              of(x.getFalseExpression()));
      case ClosureExpression x -> closure(at, x);
      case ListExpression x -> new Expr.ListOf(at, all(x.getExpressions()));
      case MapExpression x -> new Expr.MapOf(at, entries(x));
      case RangeExpression x ->
          new Expr.RangeOf(at, of(x.getFrom()), of(x.getTo()), x.isInclusive());
      case CastExpression x ->
          new Expr.Cast(at, types.name(x.getType(), x), of(x.getExpression()), x.isCoerce());
      case ConstructorCallExpression x ->
          new Expr.New(at, constructed(x), arguments(x.getArguments()));
      case PostfixExpression x ->
          new Expr.Increment(at, of(x.getExpression()), up(x.getOperation().getText()), false);
      case PrefixExpression x ->
          new Expr.Increment(at, of(x.getExpression()), up(x.getOperation().getText()), true);
      case MethodPointerExpression x ->
          new Expr.MethodPointer(at, of(x.getExpression()), x.getMethodName().getText());
      case SpreadExpression x -> new Expr.Spread(at, of(x.getExpression()));
      case ArrayExpression x when x.getSizeExpression() == null ->
          new Expr.ListOf(at, all(x.getExpressions()));
      case TupleExpression x -> new Expr.ListOf(at, all(x.getExpressions()));
      default -> {
        tree.unsupported(e, "this expression ('" + shortened(e.getText()) + "')");
        yield new Expr.Literal(at, null);
      }
    };
  }

  /** {@code super} and {@code this} are the constructor calls of a constructor. */
  private String constructed(ConstructorCallExpression x) {
    return x.isSuperCall() ? "super" : x.isThisCall() ? "this" : types.name(x.getType(), x);
  }

  /** A class by its full name becomes one name with dots. */
  private Expr property(Position at, PropertyExpression x) {
    String text = x.getText();
    if (QUALIFIED.matcher(text).matches()) {
      return new Expr.Name(GroovyTree.at(first(x)), text);
    }
    return new Expr.Property(
        at, of(x.getObjectExpression()), of(x.getProperty()), access(x.isSafe(), x.isSpreadSafe()));
  }

  private static Expression first(PropertyExpression x) {
    return x.getObjectExpression() instanceof PropertyExpression before
        ? first(before)
        : x.getObjectExpression();
  }

  private static String shortened(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  private List<Expr> all(List<Expression> list) {
    return list.stream().map(this::of).toList();
  }

  private static boolean up(String operator) {
    return operator.equals("++");
  }

  private static Access access(boolean safe, boolean spread) {
    return spread ? Access.SPREAD : safe ? Access.SAFE : Access.PLAIN;
  }

  private List<Expr> parts(GStringExpression g) {
    List<Expr> parts = new ArrayList<>();
    for (int i = 0; i < g.getStrings().size(); i++) {
      ConstantExpression text = g.getStrings().get(i);
      if (!"".equals(text.getValue())) {
        parts.add(of(text));
      }
      if (i < g.getValues().size()) {
        parts.add(of(g.getValue(i)));
      }
    }
    return List.copyOf(parts);
  }

  private Expr call(MethodCallExpression x) {
    Access access = access(x.isSafe(), x.isSpreadSafe());
    Expr target = x.isImplicitThis() ? null : of(x.getObjectExpression());
    // Of a value that is called, f(1)(2), the method "call" is not written.
    Position at =
        target != null && x.getMethod().getLineNumber() < 1
            ? target.at()
            : GroovyTree.at(x.getMethod());
    if (target instanceof Expr.Name name && name.name().equals("this")) {
      target = null;
    }
    return new Expr.Call(at, target, of(x.getMethod()), arguments(x.getArguments()), access);
  }

  private List<Argument> arguments(Expression arguments) {
    List<Argument> all = new ArrayList<>();
    List<Expression> list =
        arguments instanceof TupleExpression tuple ? tuple.getExpressions() : List.of(arguments);
    for (int i = 0; i < list.size(); i++) {
      Expression e = list.get(i);
      // A call's named arguments come as a map without brackets of its own, always first.
      if (e instanceof MapExpression map && i == 0 && named(map)) {
        for (MapEntryExpression entry : map.getMapEntryExpressions()) {
          if (entry.getKeyExpression() instanceof ConstantExpression key) {
            all.add(
                new Argument(
                    GroovyTree.at(key),
                    String.valueOf(key.getValue()),
                    of(entry.getValueExpression())));
          } else {
            tree.unsupported(entry, "a named argument whose name is computed");
          }
        }
      } else {
        all.add(new Argument(GroovyTree.at(e), null, of(e)));
      }
    }
    return all;
  }

  /** A map literal starts at its bracket; named arguments start at their first key. */
  private static boolean named(MapExpression map) {
    if (map instanceof org.codehaus.groovy.ast.expr.NamedArgumentListExpression) {
      return true;
    }
    if (map.getMapEntryExpressions().isEmpty()) {
      return false;
    }
    Position start = GroovyTree.at(map.getMapEntryExpressions().getFirst().getKeyExpression());
    return GroovyTree.at(map).equals(start);
  }

  private List<Expr.Entry> entries(MapExpression map) {
    List<Expr.Entry> entries = new ArrayList<>();
    for (MapEntryExpression entry : map.getMapEntryExpressions()) {
      Expression key = entry.getKeyExpression();
      Expr left =
          key instanceof SpreadMapExpression spread
              ? new Expr.Spread(GroovyTree.at(key), of(spread.getExpression()))
              : of(key);
      entries.add(new Expr.Entry(GroovyTree.at(key), left, of(entry.getValueExpression())));
    }
    return List.copyOf(entries);
  }

  private Expr closure(Position at, ClosureExpression x) {
    Parameter[] declared = x.getParameters();
    List<Expr.Parameter> parameters =
        declared == null ? List.<Expr.Parameter>of() : parameters(declared);
    boolean implicitIt = declared != null && declared.length == 0;
    return new Expr.Closure(at, parameters, implicitIt, tree.body(x.getCode()));
  }

  List<Expr.Parameter> parameters(Parameter[] declared) {
    List<Expr.Parameter> all = new ArrayList<>();
    for (int i = 0; i < declared.length; i++) {
      Parameter p = declared[i];
      @Nullable Expr initial = p.hasInitialExpression() ? of(p.getInitialExpression()) : null;
      all.add(
          new Expr.Parameter(
              GroovyTree.at(p),
              p.getName(),
              p.isDynamicTyped() ? "def" : types.name(p.getType(), p),
              initial,
              i == declared.length - 1 && p.getType().isArray()));
    }
    return List.copyOf(all);
  }

  private Expr binary(Position at, BinaryExpression x) {
    String symbol = x.getOperation().getText();
    switch (symbol) {
      case "[", "?[" -> {
        return new Expr.Index(
            at, of(x.getLeftExpression()), of(x.getRightExpression()), x.isSafe());
      }
      case "=" -> {
        return new Expr.Assign(at, of(x.getLeftExpression()), null, of(x.getRightExpression()));
      }
      case "instanceof", "!instanceof" -> {
        return new Expr.InstanceOf(
            at,
            of(x.getLeftExpression()),
            types.name(x.getRightExpression().getType(), x),
            symbol.startsWith("!"));
      }
      default -> {}
    }
    BinaryOp op = OPERATORS.get(symbol);
    if (op != null) {
      return new Expr.Binary(at, op, of(x.getLeftExpression()), of(x.getRightExpression()));
    }
    BinaryOp assigning =
        symbol.equals("?=")
            ? BinaryOp.ELVIS
            : symbol.endsWith("=") ? OPERATORS.get(symbol.substring(0, symbol.length() - 1)) : null;
    if (assigning != null) {
      return new Expr.Assign(at, of(x.getLeftExpression()), assigning, of(x.getRightExpression()));
    }
    tree.unsupported(x, "the operator '" + symbol + "'");
    return new Expr.Literal(at, null);
  }
}
