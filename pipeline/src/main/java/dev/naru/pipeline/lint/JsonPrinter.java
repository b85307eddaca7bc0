package dev.naru.pipeline.lint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/** Findings for programs. */
public final class JsonPrinter {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

  private JsonPrinter() {}

  /**
   * {@code {"files": [{"file", "findings": [{"rule", "severity", "line", "column", "length",
   * "message", "fix"}]}], "errors", "warnings"}}; columns and lengths in UTF-16 units.
   */
  public static String json(List<Report> reports) {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode files = root.putArray("files");
    for (Report report : reports) {
      ObjectNode file = files.addObject().put("file", report.file());
      ArrayNode findings = file.putArray("findings");
      for (Finding f : report.findings()) {
        findings
            .addObject()
            .put("rule", f.rule().id())
            .put("severity", f.severity().word())
            .put("line", f.line())
            .put("column", f.column())
            .put("length", f.length())
            .put("message", f.message())
            .put("fix", f.fix());
      }
    }
    root.put("errors", Report.errors(reports)).put("warnings", Report.warnings(reports));
    return printed(root);
  }

  /**
   * The findings as SARIF.
   *
   * @param version of Naru
   */
  public static String sarif(List<Report> reports, String version) {
    ObjectNode root = JSON.createObjectNode();
    root.put("$schema", SCHEMA).put("version", "2.1.0");
    ObjectNode run = root.putArray("runs").addObject();
    ObjectNode driver = run.putObject("tool").putObject("driver");
    driver.put("name", "naru lint").put("version", version);
    ArrayNode rules = driver.putArray("rules");
    for (Rule rule : Rule.values()) {
      ObjectNode r = rules.addObject().put("id", rule.id());
      r.putObject("shortDescription").put("text", rule.title());
      r.putObject("fullDescription").put("text", rule.title() + ". " + rule.reason());
      r.putObject("help").put("text", rule.fix());
      r.putObject("defaultConfiguration").put("level", rule == Rule.VALIDITY ? "error" : "warning");
    }
    run.put("columnKind", "utf16CodeUnits");
    ArrayNode results = run.putArray("results");
    for (Report report : reports) {
      for (Finding f : report.findings()) {
        result(results.addObject(), report, f);
      }
    }
    return printed(root);
  }

  private static void result(ObjectNode result, Report report, Finding f) {
    result
        .put("ruleId", f.rule().id())
        .put("ruleIndex", Rule.ids().indexOf(f.rule().id()))
        .put("level", f.severity().word());
    result
        .putObject("message")
        .put("text", f.message() + (f.fix().isEmpty() ? "" : ". " + f.fix()));
    ObjectNode place = result.putArray("locations").addObject().putObject("physicalLocation");
    place.putObject("artifactLocation").put("uri", uri(report.file()));
    ObjectNode region = place.putObject("region");
    region.put("startLine", f.line()).put("startColumn", f.column());
    if (f.length() > 0) {
      region.put("endColumn", f.column() + f.length());
    }
  }

  /** A path as a reference relative to the folder, or an absolute one as a file URI. */
  private static String uri(String path) {
    try {
      boolean absolute = path.startsWith("/");
      return new URI(absolute ? "file" : null, absolute ? "" : null, path, null, null)
          .toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("no path: " + path, e);
    }
  }

  private static String printed(ObjectNode root) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values is always written", e);
    }
  }
}
