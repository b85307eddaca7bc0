package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.codehaus.groovy.ast.ASTNode;
import org.codehaus.groovy.ast.AnnotationNode;
import org.codehaus.groovy.ast.ImportNode;
import org.codehaus.groovy.ast.MethodNode;
import org.codehaus.groovy.ast.ModuleNode;
import org.codehaus.groovy.ast.Parameter;
import org.codehaus.groovy.ast.expr.BinaryExpression;
import org.codehaus.groovy.ast.expr.ClosureListExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.DeclarationExpression;
import org.codehaus.groovy.ast.expr.EmptyExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.ListExpression;
import org.codehaus.groovy.ast.expr.TupleExpression;
import org.codehaus.groovy.ast.expr.VariableExpression;
import org.codehaus.groovy.ast.stmt.AssertStatement;
import org.codehaus.groovy.ast.stmt.BlockStatement;
import org.codehaus.groovy.ast.stmt.BreakStatement;
import org.codehaus.groovy.ast.stmt.CaseStatement;
import org.codehaus.groovy.ast.stmt.CatchStatement;
import org.codehaus.groovy.ast.stmt.ContinueStatement;
import org.codehaus.groovy.ast.stmt.DoWhileStatement;
import org.codehaus.groovy.ast.stmt.EmptyStatement;
import org.codehaus.groovy.ast.stmt.ExpressionStatement;
import org.codehaus.groovy.ast.stmt.ForStatement;
import org.codehaus.groovy.ast.stmt.IfStatement;
import org.codehaus.groovy.ast.stmt.ReturnStatement;
import org.codehaus.groovy.ast.stmt.Statement;
import org.codehaus.groovy.ast.stmt.SwitchStatement;
import org.codehaus.groovy.ast.stmt.ThrowStatement;
import org.codehaus.groovy.ast.stmt.TryCatchStatement;
import org.codehaus.groovy.ast.stmt.WhileStatement;
import org.codehaus.groovy.syntax.Types;
import org.jspecify.annotations.Nullable;

/** Groovy's syntax tree of a file to ours; what ours has no node for becomes a diagnostic. */
final class GroovyTree {
  private static final Set<String> HARMLESS =
      Set.of("NonCPS", "Override", "Deprecated", "SuppressWarnings", "CompileDynamic");

  private final List<Diagnostic> diagnostics = new ArrayList<>();
  private final List<Diagnostic> misplaced = new ArrayList<>();
  private final List<Program.Library> libraries = new ArrayList<>();
  private final List<Stmt> fields = new ArrayList<>();
  private final ModuleNode module;
  private final GroovyTypes types;
  private final GroovyExpressions expressions;

  GroovyTree(ModuleNode module) {
    this.module = module;
    this.types = new GroovyTypes(module);
    this.expressions = new GroovyExpressions(this, types);
  }

  List<Diagnostic> diagnostics() {
    return diagnostics;
  }

  /** See {@link GroovyParser.Result}. */
  List<Diagnostic> misplaced() {
    return misplaced;
  }

  /** See {@link GroovyTypes#unresolved}. */
  List<Diagnostic> unresolved() {
    return types.unresolved();
  }

  static Position at(ASTNode node) {
    return new Position(Math.max(1, node.getLineNumber()), Math.max(1, node.getColumnNumber()));
  }

  void unsupported(ASTNode node, String what) {
    diagnostics.add(Diagnostic.error(at(node), what + " is not supported"));
  }

  Program program() {
    List<ImportNode> imports = new ArrayList<>(module.getImports());
    imports.addAll(module.getStarImports());
    imports.addAll(module.getStaticImports().values());
    imports.forEach(i -> i.getAnnotations().forEach(this::library));
    Map<String, Program.Method> methods = new LinkedHashMap<>();
    for (MethodNode node : module.getMethods()) {
      Program.Method method = method(node);
      methods.put(methods.containsKey(method.name()) ? method.signature() : method.name(), method);
    }
    List<Program.ClassType> classes =
        new GroovyClasses(this, expressions, types).of(module.getClasses());
    List<Stmt> body = new ArrayList<>();
    for (Statement statement : module.getStatementBlock().getStatements()) {
      topLevel(statement, body);
    }
    return new Program(
        methods, classes, List.copyOf(fields), List.copyOf(body), List.copyOf(libraries));
  }

  Program.Method method(MethodNode method) {
    method.getAnnotations().forEach(this::annotation);
    Statement code = method.getCode();
    return new Program.Method(
        at(method),
        method.getName(),
        expressions.parameters(method.getParameters()),
        code == null ? List.of() : body(code),
        method.isStatic(),
        method.isAbstract());
  }

  /** An annotation of anything but an import or a top-level variable. */
  void annotation(AnnotationNode annotation) {
    String type = annotation.getClassNode().getNameWithoutPackage();
    if (!HARMLESS.contains(type)) {
      unsupported(annotation, "the annotation @" + type);
    }
  }

  private void topLevel(Statement statement, List<Stmt> body) {
    if (statement instanceof ExpressionStatement e
        && e.getExpression() instanceof DeclarationExpression declaration
        && !declaration.getAnnotations().isEmpty()) {
      List<AnnotationNode> annotations = declaration.getAnnotations();
      annotations.forEach(this::library);
      if (annotations.stream().anyMatch(a -> a.getClassNode().getName().endsWith("Field"))) {
        fields.addAll(statements(statement));
      }
      return;
    }
    add(statement, body);
  }

  private void library(AnnotationNode annotation) {
    String type = annotation.getClassNode().getNameWithoutPackage();
    Expression value = annotation.getMember("value");
    switch (type) {
      case "Library" -> {
        List<Expression> names =
            value instanceof ListExpression list ? list.getExpressions() : List.of(value);
        names.forEach(n -> libraries.add(new Program.Library(at(annotation), n.getText())));
      }
      case "Field" -> {}
      default -> annotation(annotation);
    }
  }

  /** The statements of a block or a single statement. */
  List<Stmt> body(Statement statement) {
    return List.copyOf(statements(statement));
  }

  private List<Stmt> statements(Statement statement) {
    List<Stmt> all = new ArrayList<>();
    if (statement instanceof BlockStatement block) {
      block.getStatements().forEach(s -> add(s, all));
    } else {
      add(statement, all);
    }
    return all;
  }

  private void add(Statement statement, List<Stmt> to) {
    Position at = at(statement);
    switch (statement) {
      case EmptyStatement s -> {}
      case BlockStatement s when isTryWithResources(s) ->
          unsupported(s.getStatements().getFirst(), "try with resources");
      case BlockStatement s -> to.add(new Stmt.Block(at, body(s)));
      case ReturnStatement s ->
          to.add(
              new Stmt.Return(
                  at,
                  s.getExpression() instanceof ConstantExpression c && c.isNullExpression()
                      ? null
                      : expressions.of(s.getExpression())));
      case ExpressionStatement s -> {
        if (s.getExpression() instanceof DeclarationExpression declaration) {
          to.add(define(declaration));
        } else if (!(s.getExpression() instanceof EmptyExpression)) {
          to.add(new Stmt.Do(at, expressions.of(s.getExpression())));
        }
      }
      case IfStatement s -> {
        compares(s.getBooleanExpression().getExpression());
        to.add(
            new Stmt.If(
                at,
                expressions.of(s.getBooleanExpression()),
                body(s.getIfBlock()),
                body(s.getElseBlock())));
      }
      case ForStatement s -> to.add(loop(s));
      case WhileStatement s ->
          to.add(
              new Stmt.While(
                  at,
                  label(s),
                  expressions.of(s.getBooleanExpression()),
                  body(s.getLoopBlock()),
                  false));
      case DoWhileStatement s ->
          to.add(
              new Stmt.While(
                  at,
                  label(s),
                  expressions.of(s.getBooleanExpression()),
                  body(s.getLoopBlock()),
                  true));
      case SwitchStatement s -> to.add(choice(s));
      case TryCatchStatement s -> to.add(attempt(s));
      case ThrowStatement s -> to.add(new Stmt.Throw(at, expressions.of(s.getExpression())));
      case BreakStatement s -> to.add(new Stmt.Break(at, s.getLabel()));
      case ContinueStatement s -> to.add(new Stmt.Continue(at, s.getLabel()));
      case AssertStatement s ->
          to.add(
              new Stmt.Assert(
                  at,
                  expressions.of(s.getBooleanExpression()),
                  s.getMessageExpression() instanceof ConstantExpression c && c.isNullExpression()
                      ? null
                      : expressions.of(s.getMessageExpression())));
      default -> unsupported(statement, "this statement");
    }
  }

  /** The parser has written it out: the resource, a variable for what is thrown, and a try. */
  private static boolean isTryWithResources(BlockStatement block) {
    return block.getStatements().size() > 1
        && block.getStatements().get(1) instanceof ExpressionStatement e
        && e.getExpression() instanceof DeclarationExpression d
        && d.getLeftExpression().getText().startsWith("__$$primaryExc");
  }

  private Stmt define(DeclarationExpression declaration) {
    List<Stmt.Variable> variables = new ArrayList<>();
    if (declaration.getLeftExpression() instanceof TupleExpression tuple) {
      tuple.getExpressions().forEach(e -> variables.add(variable((VariableExpression) e)));
    } else {
      variables.add(variable(declaration.getVariableExpression()));
    }
    Expression value = declaration.getRightExpression();
    return new Stmt.Define(
        at(declaration),
        List.copyOf(variables),
        value instanceof EmptyExpression ? null : expressions.of(value));
  }

  private Stmt.Variable variable(VariableExpression v) {
    return new Stmt.Variable(
        at(v), v.getName(), v.isDynamicTyped() ? "def" : types.name(v.getOriginType(), v));
  }

  private Stmt loop(ForStatement s) {
    if (s.getCollectionExpression() instanceof ClosureListExpression parts) {
      List<Expression> three = parts.getExpressions();
      List<Stmt> start = new ArrayList<>();
      for (Expression e : several(three.getFirst())) {
        add(new ExpressionStatement(e), start);
      }
      Expression condition = three.get(1);
      return new Stmt.ForLoop(
          at(s),
          label(s),
          start,
          condition instanceof EmptyExpression ? null : expressions.of(condition),
          several(three.get(2)).stream().map(expressions::of).toList(),
          body(s.getLoopBlock()));
    }
    return new Stmt.ForIn(
        at(s),
        label(s),
        loopVariable(s.getValueVariable()),
        expressions.of(s.getCollectionExpression()),
        body(s.getLoopBlock()));
  }

  private Stmt.Variable loopVariable(Parameter p) {
    String type = p.isDynamicTyped() ? "def" : types.name(p.getType(), p);
    return new Stmt.Variable(at(p), p.getName(), type);
  }

  /** Groovy 2.4 takes an assignment as a condition only in parentheses of its own. */
  private void compares(Expression condition) {
    if (condition instanceof BinaryExpression b
        && b.getOperation().getType() == Types.ASSIGN
        && b.getNodeMetaData("_INSIDE_PARENTHESES_LEVEL") == null) {
      Position at =
          new Position(b.getOperation().getStartLine(), b.getOperation().getStartColumn());
      misplaced.add(Diagnostic.error(at, "expecting ')', found '=': '==' compares, '=' assigns"));
    }
  }

  private static @Nullable String label(Statement s) {
    List<String> labels = s.getStatementLabels();
    return labels == null || labels.isEmpty() ? null : labels.getFirst();
  }

  private static List<Expression> several(Expression e) {
    return switch (e) {
      case ClosureListExpression list ->
          list.getExpressions().stream().filter(x -> !(x instanceof EmptyExpression)).toList();
      case EmptyExpression none -> List.of();
      default -> List.of(e);
    };
  }

  private Stmt choice(SwitchStatement s) {
    List<Stmt.Case> cases = new ArrayList<>();
    for (CaseStatement c : s.getCaseStatements()) {
      cases.add(new Stmt.Case(at(c), expressions.of(c.getExpression()), body(c.getCode())));
    }
    if (!(s.getDefaultStatement() instanceof EmptyStatement)) {
      cases.add(new Stmt.Case(at(s.getDefaultStatement()), null, body(s.getDefaultStatement())));
    }
    return new Stmt.Switch(at(s), expressions.of(s.getExpression()), List.copyOf(cases));
  }

  /** A catch without a type takes every Exception. */
  private String caught(CatchStatement c) {
    String name = types.name(c.getExceptionType(), c);
    return name.equals("Object") ? "Exception" : name;
  }

  private Stmt attempt(TryCatchStatement s) {
    List<Stmt.Catch> catches = new ArrayList<>();
    for (CatchStatement c : s.getCatchStatements()) {
      catches.add(
          new Stmt.Catch(at(c), List.of(caught(c)), c.getVariable().getName(), body(c.getCode())));
    }
    Statement last = s.getFinallyStatement();
    if (last instanceof BlockStatement block && block.getStatements().size() == 1) {
      last = block.getStatements().getFirst();
    }
    return new Stmt.Try(at(s), body(s.getTryStatement()), List.copyOf(catches), body(last));
  }
}
