package dev.naru.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that others use every day. */
class CurlTest {
  @TempDir Path dir;

  @BeforeEach
  void needsCurl() {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
  }

  private static Upstream echo() throws IOException {
    return new Upstream(
        (request, socket) -> {
          if (!request.fields("Expect").isEmpty()) {
            Upstream.write(socket, "HTTP/1.1 100 Continue\r\n\r\n");
          }
          String body =
              request.fields("Expect").isEmpty()
                  ? request.body()
                  : Upstream.readBody(request, socket.getInputStream());
          String answer = request.method() + " " + request.path() + " " + body.length();
          Upstream.write(
              socket,
              "HTTP/1.1 200 OK\r\nContent-Length: "
                  + answer.length()
                  + "\r\n\r\n"
                  + (request.method().equals("HEAD") ? "" : answer));
          return true;
        });
  }

  private static String curl(TestGateway gateway, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/curl", "-sS", "--noproxy", "*", "--max-time", "30"));
    command.addAll(List.of("--connect-to", "::127.0.0.1:" + gateway.port()));
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }

  @Test
  void ordinaryUse() throws Exception {
    try (Upstream upstream = echo();
        TestGateway gateway = TestGateway.serving(upstream.pod("a"))) {
      Path large = Files.write(dir.resolve("large"), new byte[3_000_000]);
      assertThat(curl(gateway, "http://shop.test/a?b=c")).isEqualTo("GET /a?b=c 0");
      assertThat(curl(gateway, "http://shop.test/한글")).startsWith("GET /");
      assertThat(curl(gateway, "-d", "x=1", "http://shop.test/p")).isEqualTo("POST /p 3");
      assertThat(curl(gateway, "-T", large.toString(), "http://shop.test/u"))
          .as("with Expect: 100-continue")
          .isEqualTo("PUT /u 3000000");
      assertThat(
              curl(
                  gateway,
                  "-H",
                  "Transfer-Encoding: chunked",
                  "-d",
                  "@" + large,
                  "http://shop.test/c"))
          .startsWith("POST /c ");
      assertThat(curl(gateway, "-I", "http://shop.test/h")).startsWith("HTTP/1.1 200 OK");
      assertThat(curl(gateway, "--http1.0", "http://shop.test/o")).isEqualTo("GET /o 0");
      assertThat(curl(gateway, "--http2", "http://shop.test/2")).isEqualTo("GET /2 0");
      assertThat(curl(gateway, "http://shop.test/1", "http://shop.test/2"))
          .isEqualTo("GET /1 0GET /2 0");
    }
  }
}
