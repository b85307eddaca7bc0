package dev.naru.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** What the request core answers; a transport brings it to its client. */
sealed interface ApiResponse {
  String JSON = "application/json";

  /**
   * A whole answer.
   *
   * @param parts the body in pieces, in order; shared, not to be changed
   */
  record Whole(int code, String contentType, List<byte[]> parts, List<String> warnings)
      implements ApiResponse {

    static Whole json(int code, JsonNode body) {
      return json(code, body, List.of());
    }

    static Whole json(int code, JsonNode body, List<String> warnings) {
      return new Whole(code, JSON, List.of(Json.bytes(body)), warnings);
    }

    long length() {
      long sum = 0;
      for (byte[] part : parts) {
        sum += part.length;
      }
      return sum;
    }
  }

  /**
   * A watch: JSON documents, one per frame, until {@link Frames.Source#run} returns. Over plain
   * HTTP a newline ends each; over a WebSocket each is a text message.
   */
  record Frames(String contentType, Source source) implements ApiResponse {
    /** Writes frames; returns at the end; ends early when interrupted or the sink refuses. */
    interface Source {
      void run(Sink sink) throws IOException, InterruptedException;
    }

    /** Takes one frame in pieces; blocks while the client is slow. */
    interface Sink {
      void frame(byte[]... parts) throws IOException;

      /** Called now and then when there is nothing to send; notices a client that has gone. */
      void idle() throws IOException;

      /** Whether the client has gone. */
      boolean gone();
    }
  }

  /** Text that streams, such as a log. The transport closes it. */
  record Text(String contentType, InputStream body) implements ApiResponse {}

  /** A conversation with a container over a WebSocket. */
  record Channels(String protocol, ChannelSession session) implements ApiResponse {}
}
