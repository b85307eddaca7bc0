package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JSONPath of printer columns: {@code .a.b}, {@code ['a']}, {@code [0]}, {@code [-1]}, {@code
 * [*]} and {@code [?(@.a=="b")]}.
 */
record JsonPath(List<JsonPath.Step> steps) {
  private static final Pattern STEP =
      Pattern.compile(
          "\\.?\\[\\?\\(@\\.([^=\\])]+?)\\s*==\\s*['\"]([^'\"]*)['\"]\\s*\\)\\]"
              + "|\\[['\"]([^'\"]+)['\"]\\]"
              + "|\\[(\\*|-?[0-9]+)\\]"
              + "|\\.((?:[^.\\[\\]\\\\]|\\\\.)+)");

  sealed interface Step {
    record Field(String name) implements Step {}

    record Index(int at) implements Step {}

    record All() implements Step {}

    record Filter(String path, String value) implements Step {}
  }

  /** Parses; what cannot be understood finds nothing. */
  static JsonPath parse(String text) {
    String path = text.startsWith(".") || text.startsWith("[") ? text : "." + text;
    Matcher m = STEP.matcher(path);
    List<Step> steps = new ArrayList<>();
    int at = 0;
    while (m.find() && m.start() == at) {
      at = m.end();
      if (m.group(1) != null) {
        steps.add(new Step.Filter(m.group(1), m.group(2)));
      } else if (m.group(3) != null) {
        steps.add(new Step.Field(m.group(3)));
      } else if (m.group(4) != null) {
        steps.add(
            m.group(4).equals("*") ? new Step.All() : new Step.Index(Integer.parseInt(m.group(4))));
      } else {
        steps.add(new Step.Field(m.group(5).replaceAll("\\\\(.)", "$1")));
      }
    }
    return at == path.length()
        ? new JsonPath(List.copyOf(steps))
        : new JsonPath(List.of(new Step.Field("\0")));
  }

  List<JsonNode> read(JsonNode root) {
    List<JsonNode> at = List.of(root);
    for (Step step : steps) {
      List<JsonNode> next = new ArrayList<>();
      for (JsonNode node : at) {
        switch (step) {
          case Step.Field f -> next.add(node.path(f.name()));
          case Step.Index i -> next.add(node.path(i.at() < 0 ? node.size() + i.at() : i.at()));
          case Step.All all -> node.forEach(next::add);
          case Step.Filter f -> {
            for (JsonNode item : node) {
              if (Json.at(item, f.path()).asText().equals(f.value())) {
                next.add(item);
              }
            }
          }
        }
      }
      next.removeIf(n -> n.isMissingNode() || n.isNull());
      at = next;
    }
    return at;
  }
}
