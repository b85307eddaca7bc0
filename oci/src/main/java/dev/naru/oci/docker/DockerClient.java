package dev.naru.oci.docker;

import dev.naru.oci.docker.DockerCommand.Failure;
import dev.naru.oci.docker.DockerCommand.World;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Calls of the Docker Engine API. */
final class DockerClient {
  private static final int BODY_SIZE_MAX = 16 << 20;

  private final World world;

  DockerClient(World world) {
    this.world = world;
  }

  /** A query string from pairs of name and value. */
  static String query(List<Map.Entry<String, String>> pairs) {
    List<String> parts = new ArrayList<>();
    pairs.forEach(p -> parts.add(encode(p.getKey()) + "=" + encode(p.getValue())));
    return parts.isEmpty() ? "" : "?" + String.join("&", parts);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private UnixHttp connect() throws Failure {
    try {
      return UnixHttp.connect(world.socket());
    } catch (IOException e) {
      throw new Failure(
          "Cannot connect to Naru's image builder at unix://%s: %s. Is DOCKER_HOST right?"
              .formatted(world.socket(), e.getMessage()));
    }
  }

  /** The whole answer as JSON; an error answer fails with its message. */
  Object call(String method, String path, String body) throws Failure, IOException {
    try (UnixHttp http = connect()) {
      UnixHttp.Answer answer =
          http.send(
              method,
              path,
              Map.of("Content-Type", "application/json"),
              out -> out.write(body.getBytes(StandardCharsets.UTF_8)));
      String text =
          new String(answer.body().readNBytes(BODY_SIZE_MAX), StandardCharsets.UTF_8).strip();
      if (answer.status() >= 300) {
        throw new Failure(message(text));
      }
      return text.isEmpty() ? "" : SmallJson.parse(text);
    }
  }

  /** Gives each line of JSON of the answer to {@code lines}; a line with an error fails. */
  void stream(String path, Map<String, String> headers, UnixHttp.Body body, Consumer<Object> lines)
      throws Failure, IOException {
    try (UnixHttp http = connect()) {
      UnixHttp.Answer answer = http.send("POST", path, headers, body);
      try (BufferedReader in =
          new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          if (line.isBlank()) {
            continue;
          }
          if (answer.status() >= 300) {
            throw new Failure(message(line));
          }
          Object value = SmallJson.parse(line);
          String error = SmallJson.text(value, "error");
          if (!error.isEmpty()) {
            throw new Failure(error);
          }
          lines.accept(value);
        }
      }
    }
  }

  private static String message(String text) {
    try {
      return "Error response from daemon: " + SmallJson.text(SmallJson.parse(text), "message");
    } catch (IllegalArgumentException e) {
      return "Error response from daemon: " + text;
    }
  }
}
