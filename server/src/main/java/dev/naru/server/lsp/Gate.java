package dev.naru.server.lsp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseMessage;
import org.jspecify.annotations.Nullable;

/**
 * Lets only those messages through that the protocol lets be handled now, and answers the others:
 * LSP4J drops what is no JSON without a word and knows no lifecycle. It is read by the thread that
 * handles messages, so the lifecycle's state is that after the message before. The stream ends
 * where the editor has said exit, although its pipe may stay open.
 */
final class Gate extends InputStream {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Frames frames;
  private final JenkinsfileServer server;
  private final Consumer<ResponseMessage> answers;
  private byte[] message = {};
  private int at;

  Gate(InputStream in, JenkinsfileServer server, Consumer<ResponseMessage> answers) {
    this.frames = new Frames(in);
    this.server = server;
    this.answers = answers;
  }

  @Override
  public int read() throws IOException {
    return more() ? message[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!more()) {
      return -1;
    }
    int count = Math.min(length, message.length - at);
    System.arraycopy(message, at, bytes, offset, count);
    at += count;
    return count;
  }

  private boolean more() throws IOException {
    while (at == message.length) {
      if (server.ended()) {
        return false;
      }
      switch (next()) {
        case Frames.Frame.End end -> {
          return false;
        }
        case Frames.Frame.Broken broken ->
            answer(null, new ResponseError(ResponseErrorCode.ParseError, broken.why(), null));
        case Frames.Frame.Body body -> admit(body.bytes());
      }
    }
    return true;
  }

  private Frames.Frame next() throws IOException {
    try {
      return frames.next();
    } catch (EOFException e) {
      return new Frames.Frame.End();
    }
  }

  private void admit(byte[] body) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      String why = "the message is no JSON: " + e.getOriginalMessage();
      answer(null, new ResponseError(ResponseErrorCode.ParseError, why, null));
      return;
    } catch (IOException e) {
      // Bytes that are no UTF-8.
      String why = "the message is no JSON: " + e.getMessage();
      answer(null, new ResponseError(ResponseErrorCode.ParseError, why, null));
      return;
    }
    if (json.isMissingNode()) {
      answer(null, new ResponseError(ResponseErrorCode.ParseError, "the message is empty", null));
      return;
    }
    JsonNode id = json.path("id");
    boolean response = json.has("result") || json.has("error");
    boolean knownId = id.isMissingNode() || id.isTextual() || id.isIntegralNumber();
    if (!json.path("method").isTextual() || !knownId) {
      if (!response) {
        String why = "no request: it has no method, or an id that is neither number nor string";
        answer(id, new ResponseError(ResponseErrorCode.InvalidRequest, why, null));
      }
      return;
    }
    Optional<ResponseError> refusal = server.refusal(json.path("method").asText());
    if (refusal.isEmpty()) {
      pass(body);
    } else if (!id.isMissingNode()) {
      answer(id, refusal.get());
    }
  }

  private void pass(byte[] body) {
    byte[] head =
        ("Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    message = new byte[head.length + body.length];
    System.arraycopy(head, 0, message, 0, head.length);
    System.arraycopy(body, 0, message, head.length, body.length);
    at = 0;
  }

  /**
   * @param id of the request; the answer's is null when the request has none that can be read
   */
  private void answer(@Nullable JsonNode id, ResponseError error) {
    ResponseMessage answer = new ResponseMessage();
    if (id != null && id.isTextual()) {
      answer.setRawId(Either.forLeft(id.asText()));
    } else if (id != null && id.isIntegralNumber()) {
      answer.setRawId(Either.forRight(id.numberValue()));
    }
    answer.setError(error);
    answers.accept(answer);
  }
}
