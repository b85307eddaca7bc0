package dev.naru.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Tables of patches. A case is a YAML document with {@code name}, {@code live}, {@code patch} and
 * {@code want}; of server-side apply: {@code name}, {@code steps} of {@code {as, apply | update,
 * force, conflicts}}, and {@code want} and {@code owners} at the end.
 */
final class GoldenTest {
  private static final String NOW = "2026-01-01T00:00:00Z";

  private static List<JsonNode> cases(String file) throws IOException {
    try (InputStream in = GoldenTest.class.getResourceAsStream("/golden/" + file)) {
      List<JsonNode> cases = new ArrayList<>();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String document : text.split("\n---\n", -1)) {
        cases.add(Json.parseYaml(document.getBytes(StandardCharsets.UTF_8)));
      }
      return cases;
    }
  }

  private static Resource kind(String apiVersion, String plural) {
    int slash = apiVersion.indexOf('/');
    Resource found =
        Resources.builtInOnly()
            .find(
                slash < 0 ? "" : apiVersion.substring(0, slash),
                apiVersion.substring(slash + 1),
                plural);
    assertThat(found).isNotNull();
    return java.util.Objects.requireNonNull(found);
  }

  @TestFactory
  Stream<DynamicTest> strategicMerge() throws IOException {
    Schema pod = kind("v1", "pods").schema();
    return cases("strategic-merge.yaml").stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.path("name").asText(),
                    () ->
                        assertThat(StrategicMerge.apply(pod, c.path("live"), c.path("patch")))
                            .isEqualTo(c.path("want"))));
  }

  @TestFactory
  Stream<DynamicTest> mergeAndJsonPatch() throws IOException {
    return cases("json-patch.yaml").stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.path("name").asText(),
                    () -> {
                      JsonNode got;
                      try {
                        got =
                            c.path("patch").isArray()
                                ? JsonPatch.apply(c.path("live"), c.path("patch"))
                                : MergePatch.apply(c.path("live"), c.path("patch"));
                      } catch (StatusException e) {
                        assertThat(e.getMessage()).contains(c.path("error").asText("\0"));
                        return;
                      }
                      assertThat(got).isEqualTo(c.path("want"));
                    }));
  }

  @TestFactory
  Stream<DynamicTest> serverSideApply() throws IOException {
    return cases("apply.yaml").stream()
        .map(c -> DynamicTest.dynamicTest(c.path("name").asText(), () -> apply(c)));
  }

  private static void apply(JsonNode c) {
    Resource kind = kind("v1", c.path("plural").asText("pods"));
    ManagedFields managed = ManagedFields.of(Json.missing());
    JsonNode live = Json.object();
    for (JsonNode step : c.path("steps")) {
      String who = step.path("as").asText();
      if (step.has("update")) {
        managed.update(
            kind,
            live,
            step.path("update"),
            new ManagedFields.Manager(who, "Update", "", "v1"),
            NOW);
        live = step.path("update");
        continue;
      }
      ManagedFields.Manager manager = new ManagedFields.Manager(who, "Apply", "", "v1");
      ObjectNode config = (ObjectNode) step.path("apply");
      if (step.has("conflicts")) {
        List<String> fields = new ArrayList<>();
        try {
          managed.apply(kind, live, config, manager, false, NOW);
        } catch (StatusException e) {
          e.toJson()
              .path("details")
              .path("causes")
              .forEach(x -> fields.add(x.path("field").asText()));
        }
        List<String> wanted = new ArrayList<>();
        step.path("conflicts").forEach(x -> wanted.add(x.asText()));
        assertThat(fields).containsExactlyInAnyOrderElementsOf(wanted);
        continue;
      }
      live = managed.apply(kind, live, config, manager, step.path("force").asBoolean(), NOW);
    }
    assertThat(live).isEqualTo(c.path("want"));
    if (c.has("owners")) {
      ObjectNode meta = Json.object();
      managed.writeTo(meta);
      ObjectNode owners = Json.object();
      meta.path("managedFields")
          .forEach(e -> owners.set(e.path("manager").asText(), e.path("fieldsV1")));
      assertThat(owners).isEqualTo(c.path("owners"));
    }
  }
}
