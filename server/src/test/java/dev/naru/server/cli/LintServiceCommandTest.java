package dev.naru.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LintServiceCommandTest {
  private static final String CLEAN =
      "pipeline { agent any\noptions { timeout(5) }\nstages { stage('A') { steps { sh 'make' } } } }\n";

  @TempDir private Path folder = Path.of("unset");
  private Path file = Path.of("unset");
  private Thread service = new Thread();

  @BeforeEach
  void start() throws IOException, InterruptedException {
    file = folder.resolve("naru-lint");
    service = new Thread(() -> Main.commandLine().execute("lint-service", file.toString()));
    try (WatchService watch = folder.getFileSystem().newWatchService()) {
      folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      service.start();
      while (!Files.exists(file)) {
        watch.take().reset();
      }
    }
  }

  /** A file that is not its own ends the service at the next question. */
  @AfterEach
  void end() throws IOException, InterruptedException {
    String port = port();
    Files.writeString(file, "");
    try {
      new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port)).close();
    } catch (ConnectException e) {
      // It looked before this question came, and has ended.
    }
    service.join();
  }

  private String port() throws IOException {
    return Files.readString(file).strip().split(" ", 2)[0];
  }

  private String secret() throws IOException {
    return Files.readString(file).strip().split(" ", 2)[1];
  }

  private String ask(String secret, String text, String... arguments) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    String head =
        String.join(
            "\n",
            List.of(
                secret,
                folder.toString(),
                String.valueOf(arguments.length),
                String.join("\n", arguments),
                bytes.length + "\n"));
    return send(head.getBytes(StandardCharsets.UTF_8), bytes);
  }

  private String send(byte[]... parts) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port()))) {
      OutputStream out = socket.getOutputStream();
      for (byte[] part : parts) {
        out.write(part);
      }
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void answersAsTheCommandDoes() throws IOException {
    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    assertThat(ask(secret(), CLEAN, "lint", "--stdin")).isEqualTo("0\n");
    assertThat(ask(secret(), "pipeline { }\n", "lint", "--stdin", "--stdin-name", "a/한글"))
        .startsWith("1\na/한글:1:1: error[validity]");
    assertThat(ask(secret(), CLEAN, "lint", "--stdin", "-o", "json")).startsWith("0\n{");
  }

  @Test
  void manifestsAreThoseOfTheCallersFolder() throws IOException {
    String text = CLEAN.replace("make", "sed -i \"s/image: web:.*/image: web:2/\" k8s/app.yaml");
    Files.createDirectory(folder.resolve("k8s"));
    Files.writeString(folder.resolve("k8s/app.yaml"), "image: api:1\n");
    assertThat(ask(secret(), text, "lint", "--stdin")).contains("sed-no-match");
  }

  @Test
  void aServiceEndsWhenAnotherIsStarting() throws IOException, InterruptedException {
    String before = Files.readString(file);
    try (FileChannel channel =
            FileChannel.open(folder.resolve("naru-lint.starting"), StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      Process second =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  Main.class.getName(),
                  "lint-service",
                  file.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertThat(second.waitFor()).isZero();
    }
    assertThat(file).hasContent(before);
  }

  @Test
  void whatItCannotAnswerGetsNone() throws IOException {
    assertThat(ask("wrong", CLEAN, "lint", "--stdin")).isEmpty();
    assertThat(ask(secret(), CLEAN, "down", "--purge")).isEmpty();
    assertThat(ask(secret(), CLEAN, "lint", "--stdin", "-o", "xml")).isEmpty();
    assertThat(send("no request".getBytes(StandardCharsets.UTF_8))).isEmpty();
    String head = secret() + "\n" + folder + "\n2\nlint\n--stdin\n";
    assertThat(send((head + "-1\n").getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(send((head + "99\nshort").getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(send((head + "2\n").getBytes(StandardCharsets.UTF_8), new byte[] {-1, -2}))
        .isEmpty();
    assertThat(ask(secret(), CLEAN, "lint", "--stdin")).isEqualTo("0\n");
  }
}
