package dev.naru.controllers;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Label selectors, as the API reference of LabelSelector defines them. */
final class Labels {
  private Labels() {}

  /** An absent selector matches nothing, an empty one everything. */
  static boolean matches(@Nullable LabelSelector selector, @Nullable Map<String, String> labels) {
    if (selector == null) {
      return false;
    }
    Map<String, String> given = labels == null ? Map.of() : labels;
    if (selector.getMatchLabels() != null && !contains(given, selector.getMatchLabels())) {
      return false;
    }
    return selector.getMatchExpressions() == null
        || selector.getMatchExpressions().stream().allMatch(rule -> matches(rule, given));
  }

  static boolean contains(@Nullable Map<String, String> labels, Map<String, String> wanted) {
    return labels != null && labels.entrySet().containsAll(wanted.entrySet());
  }

  private static boolean matches(LabelSelectorRequirement rule, Map<String, String> labels) {
    String value = labels.get(rule.getKey());
    return switch (rule.getOperator()) {
      case "In" -> value != null && rule.getValues().contains(value);
      case "NotIn" -> value == null || !rule.getValues().contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> false;
    };
  }
}
