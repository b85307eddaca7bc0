package dev.naru.pipeline.lint;

import dev.naru.pipeline.lang.BinaryOp;
import dev.naru.pipeline.lang.Expr;
import dev.naru.pipeline.lang.Stmt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Stages whose {@code when} can never hold: a part of it is false whatever happens, or two parts
 * that must both hold exclude each other. The conditions of the stages around count as well.
 */
final class UnreachableStages implements Linter.Check {
  private static final Pattern PLAIN = Pattern.compile("[^*?\\[\\]{}\\\\,$\\uFFFC]+");

  /** Something that must hold, or must not. */
  private record Fact(Node condition, boolean holds) {}

  @Override
  public void check(Source source, Findings findings) {
    source.roots().forEach(r -> walk(r, List.of(), findings));
  }

  private static void walk(Node node, List<Fact> outer, Findings findings) {
    List<Fact> facts = outer;
    Optional<Node> when = node.child("when");
    if (when.isPresent() && (node.name().equals("stage") || node.name().equals("matrix"))) {
      facts = new ArrayList<>(outer);
      when.get().children().forEach(new Collector(facts)::must);
      Optional<String> why = contradiction(facts);
      if (why.isPresent()) {
        String name = node.text("name").orElse("matrix");
        findings.warn(
            Rule.UNREACHABLE_STAGE,
            when.get().call().at(),
            "when",
            "stage '" + name + "' can never run: " + why.get());
        return;
      }
    }
    for (Node child : node.children()) {
      walk(child, facts, findings);
    }
  }

  /** Takes conditions apart into facts. */
  private record Collector(List<Fact> facts) {
    void must(Node condition) {
      switch (condition.name()) {
        case "allOf" -> condition.children().forEach(this::must);
        case "not" -> condition.children().forEach(this::mustNot);
        default -> facts.add(new Fact(condition, true));
      }
    }

    private void mustNot(Node condition) {
      switch (condition.name()) {
        case "anyOf" -> condition.children().forEach(this::mustNot);
        case "not" -> condition.children().forEach(this::must);
        default -> facts.add(new Fact(condition, false));
      }
    }
  }

  /** Why the facts cannot all be; empty when they may. */
  private static Optional<String> contradiction(List<Fact> facts) {
    for (Fact fact : facts) {
      Optional<String> alone = impossible(fact, facts);
      if (alone.isPresent()) {
        return alone;
      }
    }
    for (int i = 0; i < facts.size(); i++) {
      for (int k = i + 1; k < facts.size(); k++) {
        Optional<String> pair = firstExcludes(facts.get(i), facts.get(k));
        if (pair.isPresent()) {
          return pair;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> firstExcludes(Fact a, Fact b) {
    Optional<String> why = excludes(a, b);
    return why.isPresent() ? why : excludes(b, a);
  }

  private static Optional<String> impossible(Fact fact, List<Fact> all) {
    Node condition = fact.condition();
    switch (condition.name()) {
      case "expression" -> {
        Optional<Boolean> value = constant(condition);
        return value.isPresent() && value.get() != fact.holds()
            ? Optional.of(
                "its " + (fact.holds() ? "" : "negated ") + "expression is always " + value.get())
            : Optional.empty();
      }
      case "equals" -> {
        Optional<Object> expected = condition.named("expected").flatMap(UnreachableStages::value);
        Optional<Object> actual = condition.named("actual").flatMap(UnreachableStages::value);
        return expected.isPresent()
                && actual.isPresent()
                && expected.get().equals(actual.get()) != fact.holds()
            ? Optional.of("its 'equals' compares two constants")
            : Optional.empty();
      }
      case "anyOf" -> {
        if (!fact.holds() || condition.children().isEmpty()) {
          return Optional.empty();
        }
        for (Node alternative : condition.children()) {
          List<Fact> facts = new ArrayList<>(all);
          facts.removeIf(f -> f.condition() == condition);
          new Collector(facts).must(alternative);
          if (contradiction(facts).isEmpty()) {
            return Optional.empty();
          }
        }
        return Optional.of("none of the alternatives of its 'anyOf' can hold");
      }
      default -> {
        return Optional.empty();
      }
    }
  }

  private static Optional<String> excludes(Fact a, Fact b) {
    if (!a.holds()) {
      return Optional.empty();
    }
    String name = a.condition().name();
    if (!b.holds()) {
      return name.equals(b.condition().name()) && (flag(name) || same(a.condition(), b.condition()))
          ? Optional.of("'" + name + "' must hold and must not hold")
          : Optional.empty();
    }
    Optional<String> branch = plain(a.condition(), "branch", "pattern");
    Optional<String> other = plain(b.condition(), "branch", "pattern");
    if (branch.isPresent() && other.isPresent() && !branch.equals(other)) {
      return Optional.of(
          "the branch cannot be both '" + branch.get() + "' and '" + other.get() + "'");
    }
    if (branch.isPresent()
        && b.condition().name().equals("changeRequest")
        && !branch.get().startsWith("PR-")
        && !branch.get().startsWith("MR-")) {
      return Optional.of("a change request is never the branch '" + branch.get() + "'");
    }
    Optional<String> tag = plain(a.condition(), "tag", "pattern");
    Optional<String> otherTag = plain(b.condition(), "tag", "pattern");
    if (tag.isPresent() && otherTag.isPresent() && !tag.equals(otherTag)) {
      return Optional.of("the tag cannot be both '" + tag.get() + "' and '" + otherTag.get() + "'");
    }
    return environment(a.condition(), b.condition());
  }

  private static Optional<String> environment(Node a, Node b) {
    // A stage inside may have another environment than the one around it.
    if (!a.name().equals("environment")
        || !b.name().equals("environment")
        || !a.parent().equals(b.parent())) {
      return Optional.empty();
    }
    Function<Node, Optional<String>> name = n -> n.named("name").flatMap(Node::literal);
    Function<Node, Optional<String>> value = n -> n.named("value").flatMap(Node::literal);
    return name.apply(a).isPresent()
            && name.apply(a).equals(name.apply(b))
            && value.apply(a).isPresent()
            && value.apply(b).isPresent()
            && !value.apply(a).equals(value.apply(b))
        ? Optional.of(name.apply(a).get() + " cannot have two values")
        : Optional.empty();
  }

  private static boolean flag(String name) {
    return name.equals("buildingTag") || name.equals("isRestartedRun");
  }

  private static boolean same(Node a, Node b) {
    for (String kind : List.of("branch", "tag")) {
      Optional<String> left = plain(a, kind, "pattern");
      if (left.isPresent() && left.equals(plain(b, kind, "pattern"))) {
        return true;
      }
    }
    return a.name().equals("changeRequest")
        && a.call().args().isEmpty()
        && b.call().args().isEmpty();
  }

  /** The one value that a condition asks for, when it is no pattern. */
  private static Optional<String> plain(Node condition, String name, String argument) {
    if (!condition.name().equals(name)) {
      return Optional.empty();
    }
    Optional<String> comparator = condition.named("comparator").flatMap(Node::literal);
    return comparator.filter(c -> c.equals("REGEXP")).isPresent()
        ? Optional.empty()
        : condition.text(argument).filter(t -> PLAIN.matcher(t).matches());
  }

  /** The value of an {@code expression} that is a constant. */
  private static Optional<Boolean> constant(Node condition) {
    if (condition.call().args().isEmpty()
        || !(condition.call().args().getLast().value() instanceof Expr.Closure c)
        || c.body().size() != 1) {
      return Optional.empty();
    }
    return switch (c.body().getFirst()) {
      case Stmt.Do s -> truth(s.expr());
      case Stmt.Return s when s.value() != null -> truth(s.value());
      default -> Optional.empty();
    };
  }

  private static Optional<Boolean> truth(Expr expr) {
    return switch (expr) {
      case Expr.Literal l ->
          l.value() instanceof String s
              ? Optional.of(!s.isEmpty())
              : l.value() == null || Boolean.FALSE.equals(l.value())
                  ? Optional.of(false)
                  : Boolean.TRUE.equals(l.value()) ? Optional.of(true) : Optional.empty();
      case Expr.Unary u when u.op() == Expr.UnaryOp.NOT -> truth(u.operand()).map(v -> !v);
      case Expr.Binary b when b.op() == BinaryOp.AND -> {
        Optional<Boolean> left = truth(b.left());
        Optional<Boolean> right = truth(b.right());
        boolean isFalse = left.filter(v -> !v).isPresent() || right.filter(v -> !v).isPresent();
        yield isFalse
            ? Optional.of(false)
            : left.isPresent() && right.isPresent() ? Optional.of(true) : Optional.empty();
      }
      case Expr.Binary b when b.op() == BinaryOp.EQUAL -> compare(b);
      case Expr.Binary b when b.op() == BinaryOp.NOT_EQUAL -> compare(b).map(v -> !v);
      default -> Optional.empty();
    };
  }

  private static Optional<Boolean> compare(Expr.Binary b) {
    Optional<Object> left = value(b.left());
    Optional<Object> right = value(b.right());
    return left.isPresent() && right.isPresent()
        ? Optional.of(left.get().equals(right.get()))
        : Optional.empty();
  }

  private static Optional<Object> value(Expr expr) {
    return expr instanceof Expr.Literal l ? Optional.ofNullable(l.value()) : Optional.empty();
  }
}
