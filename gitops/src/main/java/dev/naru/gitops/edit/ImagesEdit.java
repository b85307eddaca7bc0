package dev.naru.gitops.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Edits {@code images:} of a kustomization as text, at the places that the YAML parser names, so
 * that comments, order and layout of everything else stay byte for byte. The result is parsed again
 * and must say what was wanted and otherwise the same as before; if not, the edit is refused.
 */
final class ImagesEdit {
  private static final LoadSettings SETTINGS = LoadSettings.builder().build();
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_./@-]*(:[A-Za-z0-9_./@-]+)*");
  private static final Pattern WORD =
      Pattern.compile("(?i)true|false|null|yes|no|on|off|y|n|nan|inf");

  private final String text;
  private final String newline;

  private ImagesEdit(String text) {
    this.text = text;
    this.newline = text.contains("\r\n") ? "\r\n" : "\n";
  }

  /**
   * {@code text} after {@code change}; the same text when it says so already.
   *
   * @throws EditException when the text is not a kustomization that can be edited
   */
  static String apply(String text, ImageChange change) {
    try {
      Object before = load(text);
      Object wanted = wanted(before, change);
      if (Objects.equals(before, wanted)) {
        return text;
      }
      String after = new ImagesEdit(text).edited(change);
      if (!Objects.equals(load(after), wanted)) {
        throw refused("its layout cannot be edited safely", null);
      }
      return after;
    } catch (YamlEngineException e) {
      throw refused("it is not valid YAML: " + e.getMessage(), e);
    }
  }

  private static @Nullable Object load(String text) {
    return new Load(SETTINGS).loadFromString(text);
  }

  private static EditException refused(String why, @Nullable Throwable cause) {
    return new EditException("EDIT_FORMAT", "cannot edit the kustomization: " + why, cause);
  }

  /** What the document shall mean after the change. */
  private static Object wanted(@Nullable Object before, ImageChange change) {
    if (before != null && !(before instanceof Map)) {
      throw refused("it is not a mapping", null);
    }
    Map<Object, @Nullable Object> root = new LinkedHashMap<>();
    if (before instanceof Map<?, ?> map) {
      root.putAll(map);
    }
    List<Object> images = new ArrayList<>();
    if (root.get("images") instanceof List<?> list) {
      images.addAll(list);
    } else if (root.get("images") != null) {
      throw refused("'images' is not a list", null);
    }
    boolean found = false;
    for (int i = 0; i < images.size(); i++) {
      if (images.get(i) instanceof Map<?, ?> entry && change.name().equals(entry.get("name"))) {
        Map<Object, @Nullable Object> next = new LinkedHashMap<>(entry);
        values(change)
            .forEach(
                (key, value) -> {
                  if (value.isEmpty()) {
                    next.remove(key);
                  } else {
                    next.put(key, value);
                  }
                });
        images.set(i, next);
        found = true;
      }
    }
    if (!found) {
      images.add(fresh(change));
    }
    root.put("images", images);
    return root;
  }

  /** The keys that the change sets; an empty value removes the key. */
  private static Map<String, String> values(ImageChange change) {
    Map<String, String> values = new LinkedHashMap<>();
    if (!change.newName().isEmpty()) {
      values.put("newName", change.newName());
    }
    if (!change.newTag().isEmpty() || !change.digest().isEmpty()) {
      values.put("newTag", change.newTag());
      values.put("digest", change.digest());
    }
    return values;
  }

  private static Map<String, String> fresh(ImageChange change) {
    Map<String, String> entry = new LinkedHashMap<>();
    entry.put("name", change.name());
    values(change)
        .forEach(
            (key, value) -> {
              if (!value.isEmpty()) {
                entry.put(key, value);
              }
            });
    return entry;
  }

  private String edited(ImageChange change) {
    Optional<Node> root = new Compose(SETTINGS).composeString(text);
    if (root.isEmpty() || !(root.get() instanceof MappingNode mapping)) {
      return ensureNewline(text) + "images:" + newline + block(fresh(change), "  ");
    }
    if (mapping.getFlowStyle() == FlowStyle.FLOW) {
      throw refused("it is one flow mapping '{…}'", null);
    }
    Optional<NodeTuple> images = tuple(mapping, "images");
    if (images.isEmpty()) {
      int end = documentEnd();
      return ensureNewline(text.substring(0, end))
          + "images:"
          + newline
          + block(fresh(change), "  ")
          + text.substring(end);
    }
    Node value = images.get().getValueNode();
    if (!(value instanceof SequenceNode list) || list.getValue().isEmpty()) {
      int keyEnd = end(images.get().getKeyNode());
      int colon = text.indexOf(':', keyEnd);
      int valueEnd = Math.max(end(value), colon + 1);
      String tail = text.substring(valueEnd);
      return text.substring(0, colon + 1)
          + newline
          + block(fresh(change), "  ").stripTrailing()
          + tail;
    }
    String after = text;
    boolean found = false;
    // From the end, so that earlier positions stay true.
    for (Node item : list.getValue().reversed()) {
      if (item instanceof MappingNode entry
          && tuple(entry, "name")
              .filter(t -> isText(t.getValueNode(), change.name()))
              .isPresent()) {
        after = changed(after, entry, change);
        found = true;
      }
    }
    return found ? after : appended(list, change);
  }

  private String changed(String from, MappingNode entry, ImageChange change) {
    boolean flow = entry.getFlowStyle() == FlowStyle.FLOW;
    String after = from;
    List<NodeTuple> tuples = entry.getValue();
    Map<String, String> missing = new LinkedHashMap<>(values(change));
    missing.values().removeIf(String::isEmpty);
    tuples.forEach(t -> missing.remove(key(t)));
    NodeTuple last = tuples.getLast();
    if (!missing.isEmpty()) {
      after = inserted(after, entry, last, missing, flow);
    }
    for (int i = tuples.size() - 1; i >= 0; i--) {
      NodeTuple tuple = tuples.get(i);
      String value = values(change).get(key(tuple));
      if (value == null) {
        continue;
      }
      if (value.isEmpty()) {
        after = removed(after, tuples, i, flow);
      } else if (!isText(tuple.getValueNode(), value)) {
        after =
            after.substring(0, start(tuple.getValueNode()))
                + scalar(value, tuple.getValueNode(), flow)
                + after.substring(end(tuple.getValueNode()));
      }
    }
    return after;
  }

  private String inserted(
      String after, MappingNode entry, NodeTuple last, Map<String, String> missing, boolean flow) {
    int at = end(last.getValueNode());
    StringBuilder lines = new StringBuilder();
    if (flow) {
      missing.forEach(
          (k, v) -> lines.append(", ").append(k).append(": ").append(scalar(v, null, true)));
      return after.substring(0, at) + lines + after.substring(at);
    }
    String indent = " ".repeat(column(entry.getValue().getFirst().getKeyNode()));
    int lineEnd = lineEnd(at);
    missing.forEach(
        (k, v) ->
            lines
                .append(indent)
                .append(k)
                .append(": ")
                .append(scalar(v, null, false))
                .append(newline));
    String head = after.substring(0, lineEnd);
    return ensureNewline(head) + lines + after.substring(lineEnd);
  }

  private String removed(String after, List<NodeTuple> tuples, int i, boolean flow) {
    int from = start(tuples.get(i).getKeyNode());
    int to = end(tuples.get(i).getValueNode());
    if (i == 0) {
      return after.substring(0, from) + after.substring(start(tuples.get(1).getKeyNode()));
    }
    if (flow) {
      return after.substring(0, end(tuples.get(i - 1).getValueNode())) + after.substring(to);
    }
    return after.substring(0, text.lastIndexOf('\n', from) + 1) + after.substring(lineEnd(to));
  }

  private String appended(SequenceNode list, ImageChange change) {
    Node last = list.getValue().getLast();
    if (list.getFlowStyle() == FlowStyle.FLOW) {
      int at = end(last);
      return text.substring(0, at) + ", " + flow(fresh(change)) + text.substring(at);
    }
    // The dash stands before the first item's first key, on its line.
    int first = start(list.getValue().getFirst());
    int dash = text.lastIndexOf('-', first);
    String indent = " ".repeat(dash - (text.lastIndexOf('\n', dash) + 1));
    int at = lineEnd(contentEnd(last));
    return ensureNewline(text.substring(0, at)) + block(fresh(change), indent) + text.substring(at);
  }

  /** A block mapping's own end is at the next token; its content ends with its last value. */
  private int contentEnd(Node node) {
    if (node instanceof MappingNode map
        && map.getFlowStyle() != FlowStyle.FLOW
        && !map.getValue().isEmpty()) {
      return contentEnd(map.getValue().getLast().getValueNode());
    }
    return end(node);
  }

  private String block(Map<String, String> entry, String indent) {
    StringBuilder lines = new StringBuilder();
    String lead = indent + "- ";
    for (Map.Entry<String, String> each : entry.entrySet()) {
      lines
          .append(lead)
          .append(each.getKey())
          .append(": ")
          .append(scalar(each.getValue(), null, false))
          .append(newline);
      lead = indent + "  ";
    }
    return lines.toString();
  }

  private static String flow(Map<String, String> entry) {
    List<String> parts = new ArrayList<>();
    entry.forEach((k, v) -> parts.add(k + ": " + scalar(v, null, true)));
    return "{" + String.join(", ", parts) + "}";
  }

  /** The value as YAML text, in the style of what it replaces. */
  private static String scalar(String value, @Nullable Node old, boolean flow) {
    if (old instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.SINGLE_QUOTED) {
      return "'" + value.replace("'", "''") + "'";
    }
    boolean quoted =
        old instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.DOUBLE_QUOTED;
    boolean plain = PLAIN.matcher(value).matches() && !WORD.matcher(value).matches();
    if (plain && !quoted && !(flow && value.contains(":"))) {
      return value;
    }
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static Optional<NodeTuple> tuple(MappingNode mapping, String key) {
    return mapping.getValue().stream().filter(t -> key(t).equals(key)).findFirst();
  }

  private static String key(NodeTuple tuple) {
    return tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  private static boolean isText(Node node, String value) {
    return node instanceof ScalarNode scalar && scalar.getValue().equals(value);
  }

  private int start(Node node) {
    return offset(node.getStartMark().orElseThrow());
  }

  private int end(Node node) {
    return offset(node.getEndMark().orElseThrow());
  }

  private int column(Node node) {
    return node.getStartMark().orElseThrow().getColumn();
  }

  private int offset(Mark mark) {
    return text.offsetByCodePoints(0, mark.getIndex());
  }

  /** Just after the line that {@code at} is in. */
  private int lineEnd(int at) {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end + 1;
  }

  /** Before a closing {@code ...} or {@code ---} line; else the end of the text. */
  private int documentEnd() {
    int at = text.lastIndexOf("\n...");
    return at < 0 ? text.length() : at + 1;
  }

  private String ensureNewline(String head) {
    return head.isEmpty() || head.endsWith("\n") ? head : head + newline;
  }
}
