package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;

/**
 * Objects as the {@code Table} that kubectl prints.
 *
 * <p>Source: Kubernetes API concepts, "Receiving resources as Tables".
 */
final class Tables {
  private final Clock clock;

  Tables(Clock clock) {
    this.clock = clock;
  }

  /**
   * The table of {@code rows}.
   *
   * @param next continue token, or empty
   * @param include {@code includeObject}: None, Metadata (also when empty) or Object
   */
  ObjectNode table(Resource kind, List<Stored> rows, long version, String next, String include) {
    ObjectNode table = Json.object().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
    ObjectNode meta = table.putObject("metadata").put("resourceVersion", Long.toString(version));
    if (!next.isEmpty()) {
      meta.put("continue", next);
    }
    Printer printer = Printers.of(kind, clock);
    ArrayNode definitions = table.putArray("columnDefinitions");
    for (Resource.Column column : printer.columns()) {
      definitions
          .addObject()
          .put("name", column.name())
          .put("type", column.type())
          .put("format", column.format())
          .put("description", column.description())
          .put("priority", column.priority());
    }
    ArrayNode array = table.putArray("rows");
    for (Stored stored : rows) {
      ObjectNode row = array.addObject();
      row.set("cells", printer.cells(stored.json()));
      switch (include) {
        case "None" -> row.putNull("object");
        case "Object" -> row.set("object", shown(kind, stored));
        default -> {
          ObjectNode object = row.putObject("object");
          object.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
          object.set("metadata", stored.meta());
        }
      }
    }
    return table;
  }

  private static JsonNode shown(Resource kind, Stored stored) {
    return kind.apiVersion().equals(stored.json().path("apiVersion").asText())
        ? stored.json()
        : Versions.to(kind, stored.json());
  }
}
