package dev.naru.server.lsp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LanguageServerTest {
  private static final String DOCUMENT = "{\"uri\":\"file:///w/Jenkinsfile\"}";
  private static final int NOT_INITIALIZED = -32002;
  private static final int INVALID_REQUEST = -32600;

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

  @Test
  void livesOnAfterBadBytes() throws IOException {
    editor.send("{{{{ no json");
    editor.raw("Content-Type: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    editor.raw("Content-Length: many\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    editor.raw(new byte[] {(byte) 0xff, 0, 7, '\r', '\n', '\r', '\n'});
    editor.send("[]");
    editor.send("\"text\"");
    editor.send("7");
    assertThat(editor.ask(2, "no/such", "{}").at("/error/code").asInt()).isEqualTo(-32601);
    editor.notify("textDocument/didOpen", "{\"textDocument\":7}");
    assertThat(initialize().has("result")).isTrue();
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
  void endsWithOneWhenTheEditorIsGone() throws Exception {
    initialize();
    open("node { sh 'make' }\n");
    editor.closeInput();
    assertThat(editor.end()).isEqualTo(1);
  }
}
