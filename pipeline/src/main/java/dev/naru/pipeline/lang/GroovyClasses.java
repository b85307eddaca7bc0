package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Program.ClassKind;
import dev.naru.pipeline.lang.Program.ClassType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.codehaus.groovy.ast.ClassNode;
import org.codehaus.groovy.ast.ConstructorNode;
import org.codehaus.groovy.ast.EnumConstantClassNode;
import org.codehaus.groovy.ast.FieldNode;
import org.codehaus.groovy.ast.InnerClassNode;
import org.codehaus.groovy.ast.MethodNode;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.ListExpression;
import org.codehaus.groovy.ast.expr.MapEntryExpression;

/** Groovy's class nodes to {@link ClassType}; forms that the subset has not become diagnostics. */
final class GroovyClasses {
  private final GroovyTree tree;
  private final GroovyExpressions expressions;
  private final GroovyTypes types;

  GroovyClasses(GroovyTree tree, GroovyExpressions expressions, GroovyTypes types) {
    this.types = types;
    this.tree = tree;
    this.expressions = expressions;
  }

  List<ClassType> of(List<ClassNode> classes) {
    List<ClassType> all = new ArrayList<>();
    for (ClassNode type : classes) {
      if (type.isScript() || type.isScriptBody()) {
        continue;
      }
      String refused = refused(type);
      if (refused.isEmpty()) {
        all.add(type(type));
      } else {
        tree.unsupported(type, refused);
      }
    }
    return List.copyOf(all);
  }

  private static String refused(ClassNode type) {
    String name = type.getNameWithoutPackage();
    String simple = name.substring(name.lastIndexOf('$') + 1);
    if (type instanceof EnumConstantClassNode) {
      return "a body of an enum's constant ('" + simple + "')";
    }
    if (type instanceof InnerClassNode inner) {
      return inner.isAnonymous()
          ? "an anonymous class"
          : "a class inside of a class ('" + simple + "')";
    }
    if (type.isAnnotationDefinition()) {
      return "an annotation ('" + name + "')";
    }
    if (type.isRecord()) {
      return "a record ('" + name + "')";
    }
    if (type.getAnnotations().stream()
        .anyMatch(a -> a.getClassNode().getNameWithoutPackage().equals("Trait"))) {
      return "a trait ('" + name + "')";
    }
    return "";
  }

  private ClassType type(ClassNode type) {
    type.getAnnotations().forEach(tree::annotation);
    if (!type.getObjectInitializerStatements().isEmpty()) {
      tree.unsupported(type, "an initializer block in a class");
    }
    List<Program.Constant> constants = new ArrayList<>();
    List<Program.Field> fields = new ArrayList<>();
    for (FieldNode field : type.getFields()) {
      field.getAnnotations().forEach(tree::annotation);
      if (field.isEnum()) {
        constants.add(
            new Program.Constant(GroovyTree.at(field), field.getName(), arguments(field)));
      } else {
        fields.add(field(field));
      }
    }
    List<Program.Method> methods = new ArrayList<>();
    for (MethodNode method : type.getMethods()) {
      if (method.getName().equals("<clinit>")) {
        tree.unsupported(type, "an initializer block in a class");
      } else {
        methods.add(tree.method(method));
      }
    }
    List<Program.Method> constructors = new ArrayList<>();
    for (ConstructorNode constructor : type.getDeclaredConstructors()) {
      constructors.add(tree.method(constructor));
    }
    return new ClassType(
        GroovyTree.at(type),
        type.getNameWithoutPackage(),
        type.isEnum() ? ClassKind.ENUM : type.isInterface() ? ClassKind.INTERFACE : ClassKind.CLASS,
        type.isEnum() ? "Enum" : types.name(type.getUnresolvedSuperClass(), type),
        Stream.of(type.getUnresolvedInterfaces()).map(i -> types.name(i, type)).toList(),
        List.copyOf(fields),
        List.copyOf(constructors),
        List.copyOf(methods),
        List.copyOf(constants));
  }

  private Program.Field field(FieldNode field) {
    Expression initial = field.getInitialExpression();
    return new Program.Field(
        GroovyTree.at(field),
        field.getName(),
        field.isDynamicTyped() ? "def" : types.name(field.getType(), field),
        field.isStatic(),
        field.isFinal(),
        initial == null ? null : expressions.of(initial));
  }

  /** The parser gives several arguments, and named ones, as a list, and one as itself. */
  private List<Expr.Argument> arguments(FieldNode constant) {
    Expression initial = constant.getInitialExpression();
    if (initial == null) {
      return List.of();
    }
    List<Expression> values =
        initial instanceof ListExpression list ? list.getExpressions() : List.of(initial);
    List<Expr.Argument> all = new ArrayList<>();
    for (Expression value : values) {
      if (value instanceof MapEntryExpression entry) {
        all.add(
            new Expr.Argument(
                GroovyTree.at(entry.getKeyExpression()),
                entry.getKeyExpression().getText(),
                expressions.of(entry.getValueExpression())));
      } else {
        all.add(new Expr.Argument(GroovyTree.at(value), null, expressions.of(value)));
      }
    }
    return List.copyOf(all);
  }
}
