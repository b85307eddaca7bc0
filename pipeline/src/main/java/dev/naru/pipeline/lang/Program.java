package dev.naru.pipeline.lang;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole file: its top-level methods, classes, {@code @Field} variables and statements in order.
 *
 * @param methods by name; a further method of the same name has its parameters' types in its key
 * @param libraries what {@code @Library} names
 */
public record Program(
    Map<String, Method> methods,
    List<ClassType> classes,
    List<Stmt> fields,
    List<Stmt> body,
    List<Library> libraries) {
  public record Method(
      Position at,
      String name,
      List<Expr.Parameter> parameters,
      List<Stmt> body,
      boolean isStatic,
      boolean isAbstract) {
    /** The name and the parameters' types. */
    String signature() {
      return name + parameters.stream().map(Expr.Parameter::type).toList();
    }
  }

  public enum ClassKind {
    CLASS,
    INTERFACE,
    ENUM
  }

  public record Field(
      Position at,
      String name,
      String type,
      boolean isStatic,
      boolean isFinal,
      @Nullable Expr initial) {}

  /** A constant of an enum, with the arguments of its constructor. */
  public record Constant(Position at, String name, List<Expr.Argument> args) {}

  /**
   * A class of the file.
   *
   * @param parent simple name of the class that it extends; Object when it names none
   */
  public record ClassType(
      Position at,
      String name,
      ClassKind kind,
      String parent,
      List<String> interfaces,
      List<Field> fields,
      List<Method> constructors,
      List<Method> methods,
      List<Constant> constants) {}

  /** A library's name, with {@code @version} when the file gives one. */
  public record Library(Position at, String name) {}
}
