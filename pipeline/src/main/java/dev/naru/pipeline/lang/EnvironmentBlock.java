package dev.naru.pipeline.lang;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * An {@code environment} block while its entries are evaluated: each once, on first use, so that
 * they may refer to each other in any order; a reference to the entry that is being evaluated reads
 * the outer value.
 */
final class EnvironmentBlock {
  private final Map<String, Expr> entries = new LinkedHashMap<>();
  private final Map<String, String> values = new HashMap<>();
  private final Set<String> evaluating = new HashSet<>();
  private final Function<Expr, String> evaluate;

  EnvironmentBlock(List<Pipeline.Variable> variables, Function<Expr, String> evaluate) {
    variables.forEach(v -> entries.put(v.name(), v.value()));
    this.evaluate = evaluate;
  }

  /** The value of an entry of this block, unless it is one that is being evaluated. */
  Optional<String> value(String name) {
    Expr expr = entries.get(name);
    if (expr == null) {
      return Optional.empty();
    }
    if (!values.containsKey(name)) {
      if (!evaluating.add(name)) {
        return Optional.empty();
      }
      try {
        values.put(name, evaluate.apply(expr));
      } finally {
        evaluating.remove(name);
      }
    }
    return Optional.ofNullable(values.get(name));
  }

  Map<String, String> all() {
    Map<String, String> all = new LinkedHashMap<>();
    entries.keySet().forEach(name -> value(name).ifPresent(v -> all.put(name, v)));
    return all;
  }
}
