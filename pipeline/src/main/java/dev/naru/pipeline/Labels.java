package dev.naru.pipeline;

import java.util.Arrays;
import java.util.Set;

/** Label expressions of agents: names with {@code &&}, {@code ||} and {@code !}. */
final class Labels {
  private Labels() {}

  /** Whether an agent with {@code labels} is meant; an empty expression means any. */
  static boolean match(String expression, Set<String> labels) {
    if (expression.isBlank()) {
      return true;
    }
    return Arrays.stream(expression.split("\\|\\|"))
        .anyMatch(
            all ->
                Arrays.stream(all.split("&&"))
                    .map(String::strip)
                    .allMatch(
                        name ->
                            name.startsWith("!")
                                ? !labels.contains(name.substring(1).strip())
                                : labels.contains(name)));
  }
}
