package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.Program.ClassKind;
import dev.naru.pipeline.lang.Program.ClassType;
import java.util.List;

/** Methods and classes as canonical Groovy. */
final class ClassPrinter {
  private final Printer out;
  private final ExpressionPrinter expressions;

  ClassPrinter(Printer out, ExpressionPrinter expressions) {
    this.out = out;
    this.expressions = expressions;
  }

  void type(ClassType type) {
    switch (type.kind()) {
      case CLASS -> {
        boolean isAbstract = type.methods().stream().anyMatch(Program.Method::isAbstract);
        out.add(isAbstract ? "abstract class " : "class ").add(type.name());
        if (!type.parent().equals("Object")) {
          out.add(" extends ").add(type.parent());
        }
        list(" implements ", type.interfaces());
      }
      case INTERFACE -> {
        out.add("interface ").add(type.name());
        list(" extends ", type.interfaces());
      }
      case ENUM -> {
        out.add("enum ").add(type.name());
        list(" implements ", type.interfaces());
      }
    }
    out.add(" {");
    out.right();
    if (type.kind() == ClassKind.ENUM) {
      constants(type.constants());
    }
    type.fields().forEach(this::field);
    for (Program.Method constructor : type.constructors()) {
      out.newLine();
      out.add(type.name());
      signatureAndBody(constructor);
    }
    for (Program.Method method : type.methods()) {
      out.newLine();
      method(method, type.kind() == ClassKind.INTERFACE);
    }
    out.left();
    out.add("}");
  }

  private void list(String word, List<String> names) {
    if (!names.isEmpty()) {
      out.add(word).add(String.join(", ", names));
    }
  }

  private void constants(List<Program.Constant> constants) {
    boolean first = true;
    for (Program.Constant constant : constants) {
      out.add(first ? "" : ",");
      first = false;
      out.newLine();
      out.add(constant.name());
      if (!constant.args().isEmpty()) {
        out.add("(");
        expressions.arguments(constant.args());
        out.add(")");
      }
    }
    out.newLine();
    out.add(";");
  }

  private void field(Program.Field field) {
    out.newLine();
    out.add(field.isStatic() ? "static " : "").add(field.isFinal() ? "final " : "");
    out.add(field.type()).add(" ").add(field.name());
    if (field.initial() != null) {
      out.add(" = ");
      expressions.print(field.initial());
    }
  }

  /** A method; one of an interface has no body when it is abstract, and no word for that. */
  void method(Program.Method method, boolean inInterface) {
    out.add(method.isStatic() ? "static " : "");
    out.add(method.isAbstract() && !inInterface ? "abstract " : "");
    out.add(inInterface && !method.isAbstract() && !method.isStatic() ? "default " : "");
    out.add("def ").add(ExpressionPrinter.name(method.name()));
    signatureAndBody(method);
  }

  private void signatureAndBody(Program.Method method) {
    out.add("(");
    expressions.parameters(method.parameters());
    out.add(")");
    if (!method.isAbstract()) {
      out.add(" ");
      out.block(method.body());
    }
  }
}
