package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.naru.kube.Resource.Column;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The printed columns of each kind: those of {@code kubectl get} v1.32. */
final class Printers {
  private static final String UNKNOWN = "<unknown>";
  private static final String NONE = "<none>";

  private Printers() {}

  /** One printed column: its head, and how a cell is made. A priority of 1 shows with -o wide. */
  private record Cell(String name, String type, int priority, Function<JsonNode, Object> value) {}

  private record Fixed(List<Column> columns, List<Function<JsonNode, Object>> values)
      implements Printer {
    @Override
    public ArrayNode cells(JsonNode object) {
      ArrayNode cells = Json.array();
      for (Function<JsonNode, Object> value : values) {
        cells.addPOJO(value.apply(object));
      }
      return Json.MAPPER.<ArrayNode>valueToTree(cells);
    }
  }

  static Printer of(Resource kind, Clock clock) {
    Instant now = clock.instant();
    List<Cell> cells = new ArrayList<>();
    cells.add(new Cell("Name", "string", 0, o -> text(o, "metadata.name")));
    if (kind.custom()) {
      custom(kind, now, cells);
    } else {
      cells.addAll(
          switch (kind.kind()) {
            case "Pod" -> PodPrinter.cells(now).stream().map(Printers::cell).toList();
            default -> PrinterTable.cells(kind.kind(), now).stream().map(Printers::cell).toList();
          });
    }
    List<Column> columns = new ArrayList<>();
    List<Function<JsonNode, Object>> values = new ArrayList<>();
    for (Cell cell : cells) {
      String format = cell.name().equals("Name") ? "name" : "";
      columns.add(new Column(cell.name(), cell.type(), format, "", cell.priority(), ""));
      values.add(cell.value());
    }
    return new Fixed(List.copyOf(columns), List.copyOf(values));
  }

  /** A column of another class of this package. */
  record Entry(String name, String type, int priority, Function<JsonNode, Object> value) {
    static Entry of(String name, Function<JsonNode, Object> value) {
      return new Entry(name, "string", 0, value);
    }

    static Entry wide(String name, Function<JsonNode, Object> value) {
      return new Entry(name, "string", 1, value);
    }

    static Entry number(String name, String path) {
      return new Entry(name, "integer", 0, o -> Json.at(o, path).asLong(0));
    }
  }

  private static Cell cell(Entry e) {
    return new Cell(e.name(), e.type(), e.priority(), e.value());
  }

  private static void custom(Resource kind, Instant now, List<Cell> cells) {
    if (kind.columns().isEmpty()) {
      cells.add(new Cell("Age", "date", 0, o -> age(o, now)));
      return;
    }
    for (Column column : kind.columns()) {
      JsonPath path = JsonPath.parse(column.jsonPath());
      cells.add(
          new Cell(
              column.name(),
              // A date is shown as an age by the server, so the cell is a text.
              column.type().equals("date") ? "date" : column.type(),
              column.priority(),
              o -> customCell(column, path.read(o), now)));
    }
  }

  private static Object customCell(Column column, List<JsonNode> found, Instant now) {
    if (found.isEmpty()) {
      return column.type().equals("date") ? UNKNOWN : "";
    }
    JsonNode first = found.getFirst();
    return switch (column.type()) {
      case "date" -> since(first.asText(), now);
      case "integer" -> first.asLong();
      case "number" -> first.asDouble();
      case "boolean" -> first.asBoolean();
      default ->
          first.isValueNode() && found.size() == 1
              ? first.asText()
              : found.size() == 1
                  ? Json.text(first)
                  : String.join(",", found.stream().map(JsonNode::asText).toList());
    };
  }

  static String text(JsonNode object, String path) {
    return Json.at(object, path).asText("");
  }

  static String orNone(String text) {
    return text.isEmpty() ? NONE : text;
  }

  static String age(JsonNode object, Instant now) {
    return since(text(object, "metadata.creationTimestamp"), now);
  }

  /** The time since {@code timestamp} as kubectl prints it, such as {@code 3m12s}. */
  static String since(String timestamp, Instant now) {
    try {
      return human(Duration.between(Instant.parse(timestamp), now));
    } catch (DateTimeParseException e) {
      return UNKNOWN;
    }
  }

  static String human(Duration d) {
    long s = d.toSeconds();
    if (s < 0) {
      return s >= -1 ? "0s" : "<invalid>";
    }
    long m = s / 60;
    long h = m / 60;
    long days = h / 24;
    if (s < 120) {
      return s + "s";
    }
    if (m < 10) {
      return m + "m" + (s % 60 == 0 ? "" : s % 60 + "s");
    }
    if (m < 180) {
      return m + "m";
    }
    if (h < 8) {
      return h + "h" + (m % 60 == 0 ? "" : m % 60 + "m");
    }
    if (h < 48) {
      return h + "h";
    }
    if (days < 8) {
      return days + "d" + (h % 24 == 0 ? "" : h % 24 + "h");
    }
    if (days < 730) {
      return days + "d";
    }
    long years = days / 365;
    return years < 8 && days % 365 != 0 ? years + "y" + days % 365 + "d" : years + "y";
  }

  /** {@code a=1,b=2}. */
  static String pairs(JsonNode map) {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> e : map.properties()) {
      parts.add(e.getKey() + "=" + e.getValue().asText());
    }
    return orNone(String.join(",", parts));
  }
}
