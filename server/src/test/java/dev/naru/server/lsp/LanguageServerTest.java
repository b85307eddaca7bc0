package dev.naru.server.lsp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LanguageServerTest {
  private static final String DOCUMENT = "{\"uri\":\"file:///w/Jenkinsfile\"}";
  private static final int NOT_INITIALIZED = -32002;
  private static final int INVALID_REQUEST = -32600;
  private static final int METHOD_NOT_FOUND = -32601;
  private static final int PARSE_ERROR = -32700;

  private final Editor editor;

  LanguageServerTest() throws IOException {
    editor = new Editor();
  }

  @AfterEach
  void close() throws IOException {
    editor.close();
  }

  private JsonNode initialize() throws IOException {
    JsonNode answer = editor.ask(1, "initialize", "{\"processId\":null,\"capabilities\":{}}");
    editor.notify("initialized", "{}");
    return answer;
  }

  private void open(String text) throws IOException {
    editor.notify(
        "textDocument/didOpen",
        "{\"textDocument\":{\"uri\":\"file:///w/Jenkinsfile\",\"languageId\":\"jenkinsfile\","
            + "\"version\":1,\"text\":"
            + new ObjectMapper().writeValueAsString(text)
            + "}}");
  }

  private void change(int version, String text) throws IOException {
    editor.notify(
        "textDocument/didChange",
        "{\"textDocument\":{\"uri\":\"file:///w/Jenkinsfile\",\"version\":"
            + version
            + "},\"contentChanges\":[{\"text\":"
            + new ObjectMapper().writeValueAsString(text)
            + "}]}");
  }

  private static String at(int line, int character) {
    return "{\"textDocument\":"
        + DOCUMENT
        + ",\"position\":{\"line\":"
        + line
        + ",\"character\":"
        + character
        + "}}";
  }

  @Test
  void saysWhatItCan() throws IOException {
    JsonNode can = initialize().at("/result/capabilities");
    assertThat(can.at("/textDocumentSync").asInt()).isEqualTo(1);
    assertThat(can.at("/hoverProvider").asBoolean()).isTrue();
    assertThat(can.has("completionProvider")).isTrue();
  }

  @Test
  void diagnosticsFollowTheText() throws IOException {
    initialize();
    open("timeout(5) {\n  node {\n    sh 'rm -rf $DIR'\n  }\n}\n");
    JsonNode first = editor.diagnostics();
    assertThat(first).hasSize(1);
    assertThat(first.at("/0/code").asText()).isEqualTo("unquoted-variable");
    assertThat(first.at("/0/severity").asInt()).isEqualTo(2);
    assertThat(first.at("/0/range/start/line").asInt()).isEqualTo(2);
    assertThat(first.at("/0/range/start/character").asInt()).isEqualTo(15);
    assertThat(first.at("/0/range/end/character").asInt()).isEqualTo(19);

    change(2, "pipeline {\n");
    assertThat(editor.diagnostics().at("/0/severity").asInt()).isEqualTo(1);

    change(3, "timeout(5) {\n  node {\n    sh 'rm -rf \"$DIR\"'\n  }\n}\n");
    assertThat(editor.diagnostics()).isEmpty();

    change(4, "node {\n  sh 'make'\n}\n");
    assertThat(editor.diagnostics()).hasSize(1);
    editor.notify("textDocument/didClose", "{\"textDocument\":" + DOCUMENT + "}");
    assertThat(editor.diagnostics()).isEmpty();
  }

  @Test
  void hoverAndCompletionKnowTheirPlace() throws IOException {
    initialize();
    open(
        "pipeline {\n  agent any\n  op\n  stages {\n    stage('한글') { steps { sh 'x' } }\n  }\n}\n");
    JsonNode hover = editor.ask(2, "textDocument/hover", at(4, 27)).get("result");
    assertThat(hover.at("/contents/value").asText()).contains("shell script");
    assertThat(hover.at("/range/start/character").asInt()).isEqualTo(26);
    assertThat(editor.ask(3, "textDocument/hover", at(0, 10)).at("/result/contents")).isEmpty();

    JsonNode items = editor.ask(4, "textDocument/completion", at(2, 4)).get("result");
    assertThat(items).hasSize(1);
    assertThat(items.at("/0/label").asText()).isEqualTo("options");
    assertThat(editor.ask(5, "textDocument/completion", at(900, 900)).get("result")).isNotNull();
  }

  @Test
  void refusesWhatComesBeforeInitialize() throws IOException {
    JsonNode early = editor.ask(7, "textDocument/hover", at(0, 0));
    assertThat(early.at("/error/code").asInt()).isEqualTo(NOT_INITIALIZED);
    assertThat(editor.ask(8, "shutdown", "null").at("/error/code").asInt())
        .isEqualTo(NOT_INITIALIZED);
    open("pipeline {");
    assertThat(initialize().has("result")).isTrue();
    assertThat(editor.ask(9, "initialize", "{}").at("/error/code").asInt())
        .isEqualTo(INVALID_REQUEST);
  }

  private void answersWithoutId(int code) throws IOException {
    JsonNode answer = editor.await(m -> m.has("error"));
    assertThat(answer.at("/error/code").asInt()).isEqualTo(code);
    assertThat(answer.has("id")).isTrue();
    assertThat(answer.get("id").isNull()).isTrue();
  }

  @Test
  void whatIsNoMessageIsAnsweredAndTheServerLivesOn() throws IOException {
    for (String body : List.of("{{{{ no json", "", "{\"a\":1} {}", "{\"a\":\"\\x\"}")) {
      editor.send(body);
      answersWithoutId(PARSE_ERROR);
    }
    for (String header : List.of("Content-Type: x", "Content-Length: many", "Content-Length: -1")) {
      editor.raw((header + "\r\n\r\n{}").getBytes(StandardCharsets.US_ASCII));
      answersWithoutId(PARSE_ERROR);
      assertThat(editor.ask(1, "no/such", "{}").at("/error/code").asInt())
          .isEqualTo(NOT_INITIALIZED);
    }
    editor.raw(new byte[] {(byte) 0xff, 0, 7, '\r', '\n', '\r', '\n'});
    answersWithoutId(PARSE_ERROR);
    int tooLong = Frames.BODY_MAX_BYTES + 1;
    editor.raw(("Content-Length: " + tooLong + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    editor.raw(new byte[tooLong]);
    answersWithoutId(PARSE_ERROR);
    for (String body : List.of("[]", "\"text\"", "7", "{}", "{\"method\":\"x\",\"id\":{}}")) {
      editor.send(body);
      answersWithoutId(INVALID_REQUEST);
    }
    assertThat(initialize().has("result")).isTrue();
    editor.notify("textDocument/didOpen", "{\"textDocument\":7}");
    editor.notify("no/such", "{}");
    assertThat(editor.ask(2, "no/such", "{}").at("/error/code").asInt())
        .isEqualTo(METHOD_NOT_FOUND);
    open("node { sh 'make' }\n");
    assertThat(editor.diagnostics()).isNotEmpty();
  }

  @Test
  void theManifestBesideTheFileIsRead(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("app.yaml"), "image: api:1\n");
    editor.ask(1, "initialize", "{\"processId\":null,\"capabilities\":{}}");
    String uri = folder.resolve("Jenkinsfile").toUri().toString();
    String text =
        "timeout(5) { node { sh 'sed -i \"s/image: web:.*/image: web:2/\" app.yaml' } }\n";
    editor.notify(
        "textDocument/didOpen",
        "{\"textDocument\":{\"uri\":\"%s\",\"languageId\":\"jenkinsfile\",\"version\":1,\"text\":%s}}"
            .formatted(uri, new ObjectMapper().writeValueAsString(text)));
    assertThat(editor.diagnostics().findValuesAsText("code")).contains("sed-no-match");
  }

  @Test
  void endsWithZeroAfterShutdownAndExit() throws Exception {
    initialize();
    JsonNode answer = editor.ask(2, "shutdown", "null");
    assertThat(answer.has("error")).isFalse();
    assertThat(editor.ask(3, "textDocument/hover", at(0, 0)).at("/error/code").asInt())
        .isEqualTo(INVALID_REQUEST);
    editor.notify("exit", "null");
    assertThat(editor.end()).isZero();
  }

  @Test
  void endsWithOneAfterExitWithoutShutdown() throws Exception {
    initialize();
    editor.notify("exit", "null");
    assertThat(editor.end()).isEqualTo(1);
  }

  @Test
  void endsWithOneWhenTheEditorIsGone() throws Exception {
    initialize();
    open("node { sh 'make' }\n");
    editor.closeInput();
    assertThat(editor.end()).isEqualTo(1);
  }

  /** The program as an editor starts it: a process, its pipes, its exit code. */
  @Test
  void theProgramServesAnEditorFromStartToEnd() throws Exception {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                "dev.naru.server.cli.Main",
                "lsp")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (Editor at = new Editor(program)) {
      assertThat(at.ask(1, "initialize", "{\"capabilities\":{}}").has("result")).isTrue();
      at.notify("initialized", "{}");
      String head =
          "{\"textDocument\":{\"uri\":\"untitled:a\",\"languageId\":\"x\",\"version\":1,\"text\":";
      at.notify("textDocument/didOpen", head + "\"pipeline {\\n  agent any\\n  op\\n}\"}}");
      assertThat(at.diagnostics().at("/0/severity").asInt()).isEqualTo(1);
      String place =
          "{\"textDocument\":{\"uri\":\"untitled:a\"},\"position\":{\"line\":%d,\"character\":4}}";
      assertThat(
              at.ask(2, "textDocument/hover", place.formatted(1))
                  .at("/result/contents/value")
                  .asText())
          .contains("agent");
      assertThat(at.ask(3, "textDocument/completion", place.formatted(2)).at("/result/0/label"))
          .hasToString("\"options\"");
      at.notify(
          "textDocument/didChange",
          "{\"textDocument\":{\"uri\":\"untitled:a\",\"version\":2},"
              + "\"contentChanges\":[{\"text\":\"timeout(5) { node { sh 'make' } }\"}]}");
      assertThat(at.diagnostics()).isEmpty();
      assertThat(at.ask(4, "shutdown", "null").get("result").isNull()).isTrue();
      at.notify("exit", "null");
      assertThat(at.end()).isZero();
    } finally {
      program.destroy();
    }
  }
}
