package dev.naru.pipeline.lang;

import java.util.List;
import java.util.Map;

/**
 * A whole file: its top-level methods, {@code @Field} variables and statements in order.
 *
 * @param libraries what {@code @Library} names
 */
public record Program(
    Map<String, Method> methods, List<Stmt> fields, List<Stmt> body, List<Library> libraries) {
  public record Method(
      Position at, String name, List<Expr.Parameter> parameters, List<Stmt> body) {}

  public record Library(Position at, String name) {}
}
