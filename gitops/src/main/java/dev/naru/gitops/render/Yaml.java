package dev.naru.gitops.render;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.AnchorNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * YAML as Kubernetes tools read it: the core schema of YAML 1.2, plus octal {@code 0444} and merge
 * keys of YAML 1.1. Keeps the line of each document and of its top-level keys.
 *
 * <p>Values are Map (String keys, in order), List, String, Boolean, Integer, Long, BigInteger,
 * Double and null.
 */
final class Yaml {
  private static final int NODES_MAX = 500_000;
  private static final Pattern INT = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
  private static final Pattern OTHER_THAN_TEXT =
      Pattern.compile("-?(0|[1-9][0-9]*)|true|false|null");
  private static final Pattern OCTAL = Pattern.compile("[-+]?0o?([0-7]+)");
  private static final Pattern HEX = Pattern.compile("[-+]?0x[0-9a-fA-F]+");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  private final String file;
  private int nodes;

  private Yaml(String file) {
    this.file = file;
  }

  /**
   * One document.
   *
   * @param lines line of each top-level key, from 1
   */
  record Document(@Nullable Object value, String file, int line, Map<String, Integer> lines) {
    Map<String, Object> map() {
      return Trees.map(value)
          .orElseThrow(() -> new RenderException(file + ":" + line + ": not a mapping"));
    }

    String at(String key) {
      return file + ":" + lines.getOrDefault(key, line);
    }
  }

  /** The documents of {@code bytes}; empty ones are left out. */
  static List<Document> read(String file, byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new RenderException(file + ": not UTF-8 text", e);
    }
    return read(file, text);
  }

  static List<Document> read(String file, String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file)
            .setAllowDuplicateKeys(true)
            .setCodePointLimit(SourceTree.FILE_MAX)
            .build();
    List<Document> documents = new ArrayList<>();
    try {
      for (Node node : new Compose(settings).composeAllFromString(text)) {
        Yaml yaml = new Yaml(file);
        Object value = yaml.value(node);
        if (value == null) {
          continue;
        }
        Map<String, Integer> lines = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
          for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
              lines.put(key.getValue(), line(key));
            }
          }
        }
        documents.add(new Document(value, file, line(node), lines));
      }
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
      throw new RenderException(file + ":" + line + ": not valid YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new RenderException(file + ": not valid YAML: " + e.getMessage(), e);
    }
    return documents;
  }

  static int line(Node node) {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }

  private @Nullable Object value(Node node) {
    if (++nodes > NODES_MAX) {
      throw new RenderException(
          file + ":" + line(node) + ": more than " + NODES_MAX + " values (aliases counted)");
    }
    return switch (node) {
      case AnchorNode anchor -> value(anchor.getRealNode());
      case ScalarNode scalar ->
          scalar.getScalarStyle() == ScalarStyle.PLAIN && !isString(scalar)
              ? plain(scalar.getValue())
              : scalar.getValue();
      case SequenceNode sequence -> {
        if (sequence.isRecursive()) {
          throw new RenderException(file + ":" + line(node) + ": a list that contains itself");
        }
        List<Object> list = new ArrayList<>();
        for (Node item : sequence.getValue()) {
          list.add(value(item));
        }
        yield list;
      }
      case MappingNode mapping -> mapping(mapping);
      default -> throw new RenderException(file + ":" + line(node) + ": unknown kind of node");
    };
  }

  /** Whether the scalar says {@code !!str}: otherwise the resolver would have seen more in it. */
  private static boolean isString(ScalarNode scalar) {
    String text = scalar.getValue();
    return scalar.getTag().equals(Tag.STR) && OTHER_THAN_TEXT.matcher(text).matches();
  }

  private Map<String, Object> mapping(MappingNode mapping) {
    if (mapping.isRecursive()) {
      throw new RenderException(file + ":" + line(mapping) + ": a mapping that contains itself");
    }
    Map<String, Object> map = new LinkedHashMap<>();
    Map<String, Object> merged = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
        throw new RenderException(file + ":" + line(tuple.getKeyNode()) + ": a key is not text");
      }
      String key = keyNode.getValue();
      Object value = value(tuple.getValueNode());
      if (key.equals("<<") && keyNode.getScalarStyle() == ScalarStyle.PLAIN) {
        for (Object one : value instanceof List<?> many ? many : List.of(Trees.orEmpty(value))) {
          Trees.map(one).ifPresent(m -> m.forEach(merged::putIfAbsent));
        }
      } else if (map.containsKey(key)) {
        throw new RenderException(
            file + ":" + line(keyNode) + ": the key '" + key + "' is given twice");
      } else {
        map.put(key, value);
      }
    }
    merged.forEach(map::putIfAbsent);
    return map;
  }

  /** Source: YAML 1.2.2, section 10.3.2 "Tag Resolution". */
  private static @Nullable Object plain(String text) {
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> null;
      case "true", "True", "TRUE" -> true;
      case "false", "False", "FALSE" -> false;
      default -> number(text);
    };
  }

  private static Object number(String text) {
    if (INT.matcher(text).matches()) {
      return integer(text, 10);
    }
    if (OCTAL.matcher(text).matches()) {
      return integer(text.replace("o", ""), 8);
    }
    if (HEX.matcher(text).matches()) {
      return integer(text.replace("0x", ""), 16);
    }
    if (FLOAT.matcher(text).matches()) {
      return Double.valueOf(text);
    }
    return text;
  }

  private static Object integer(String digits, int radix) {
    BigInteger value = new BigInteger(digits, radix);
    if (value.bitLength() < 32) {
      return value.intValue();
    }
    return value.bitLength() < 64 ? (Object) value.longValue() : value;
  }
}
