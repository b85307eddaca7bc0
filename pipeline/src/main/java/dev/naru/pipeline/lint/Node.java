package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.Expr;
import dev.naru.pipeline.lang.Program;
import dev.naru.pipeline.lang.Syntax;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call with the calls inside of it. Sections, directives, options, conditions and steps all are
 * calls, so this is the shape of a declarative file, valid or not.
 */
final class Node {
  private final Expr.Call call;
  private final @Nullable Node parent;
  private List<Node> children = List.of();

  private Node(Expr.Call call, @Nullable Node parent) {
    this.call = call;
    this.parent = parent;
  }

  /** The outermost calls of a file, its methods' after its statements'. */
  static List<Node> of(Program program) {
    List<Expr.Call> calls = new ArrayList<>();
    Syntax.calls(program.body(), calls::add);
    program.methods().values().forEach(m -> Syntax.calls(m.body(), calls::add));
    return nest(calls, null);
  }

  /** Calls in the order outer before inner: one with n calls inside is followed by these n. */
  private static List<Node> nest(List<Expr.Call> calls, @Nullable Node parent) {
    List<Node> nodes = new ArrayList<>();
    int i = 0;
    while (i < calls.size()) {
      Node node = new Node(calls.get(i), parent);
      List<Expr.Call> inside = new ArrayList<>();
      Syntax.calls(node.call, inside::add);
      node.children = nest(inside.subList(1, inside.size()), node);
      nodes.add(node);
      i += inside.size();
    }
    return List.copyOf(nodes);
  }

  Expr.Call call() {
    return call;
  }

  /** The name of what is called; empty for a call on an object. */
  String name() {
    return call.target() == null ? call.method() : "";
  }

  List<Node> children() {
    return children;
  }

  Optional<Node> child(String name) {
    return children.stream().filter(c -> c.name().equals(name)).findFirst();
  }

  Optional<Node> parent() {
    return Optional.ofNullable(parent);
  }

  boolean inside(String name) {
    for (Node n = parent; n != null; n = n.parent) {
      if (n.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** This node and all inside of it. */
  void walk(Consumer<Node> visit) {
    visit.accept(this);
    children.forEach(c -> c.walk(visit));
  }

  /** The named argument, or the first unnamed one that is no block. */
  Optional<Expr> argument(String name) {
    return named(name)
        .or(
            () ->
                call.args().stream()
                    .filter(a -> a.name() == null && !(a.value() instanceof Expr.Closure))
                    .map(Expr.Argument::value)
                    .findFirst());
  }

  Optional<Expr> named(String name) {
    return call.args().stream()
        .filter(a -> name.equals(a.name()))
        .map(Expr.Argument::value)
        .findFirst();
  }

  /** The text of an argument that is a literal. */
  Optional<String> text(String name) {
    return argument(name).flatMap(Node::literal);
  }

  static Optional<String> literal(Expr expr) {
    return expr instanceof Expr.Literal l && l.value() instanceof String s
        ? Optional.of(s)
        : Optional.empty();
  }
}
