package dev.naru.gitops.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.gitops.render.Renderer.DirectoryOptions;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Renders as the real Kustomize inside kubectl does. */
class KustomizeOracleTest {
  private static final Path CASES = Path.of("src/test/resources/kustomize");

  @Test
  void rendersTheBoardAsKubectl() throws IOException, InterruptedException {
    rendersAsKubectl(Path.of("../board-deploy"), "overlays/local");
  }

  @ParameterizedTest
  @ValueSource(strings = {"board", "components", "replace"})
  void rendersAsKubectl(String name) throws IOException, InterruptedException {
    rendersAsKubectl(CASES.resolve(name), "top");
  }

  private static void rendersAsKubectl(Path root, String path)
      throws IOException, InterruptedException {
    assumeTrue(hasKubectl(), "kubectl is not on this machine");
    Process kubectl =
        new ProcessBuilder("kubectl", "kustomize", root.resolve(path).toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String expected = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(kubectl.waitFor()).isZero();

    List<Manifest> ours =
        Renderer.render(new FolderTree(root), path, KustomizeOptions.NONE, DirectoryOptions.NONE)
            .manifests();

    Map<String, Object> actual = new TreeMap<>();
    ours.forEach(m -> actual.put(key(m.body()), numbers(m.body())));
    Map<String, Object> wanted = new TreeMap<>();
    for (Yaml.Document document : Yaml.read("kubectl", expected)) {
      wanted.put(key(document.map()), document.map());
    }
    assertThat(actual.keySet()).isEqualTo(wanted.keySet());
    wanted.forEach((key, body) -> assertThat(actual.get(key)).as(key).isEqualTo(numbers(body)));
  }

  /** 1000.0 is the number 1000. */
  private static @Nullable Object numbers(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((k, v) -> copy.put(k, numbers(v)));
        yield copy;
      }
      case List<?> list -> list.stream().map(KustomizeOracleTest::numbers).toList();
      case Number number -> new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
      case null, default -> value;
    };
  }

  private static String key(Map<String, Object> body) {
    return Trees.text(body, "kind")
        + " "
        + Trees.text(body, "metadata", "namespace")
        + "/"
        + Trees.text(body, "metadata", "name");
  }

  private static boolean hasKubectl() {
    return List.of(System.getenv("PATH").split(":")).stream()
        .anyMatch(d -> Files.isExecutable(Path.of(d, "kubectl")));
  }
}
