package dev.naru.oci.docker;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Runs what agents call of {@link DockerCommand}, so that the JDK records the classes that it takes
 * (JEP 483) while an installation is put together. Its argument is a folder to work in, which is
 * the caller's to remove. The other side answers every call with the same line. Ends with code 1
 * when a command fails.
 */
final class DockerTraining {
  private static final byte[] END = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"stream\":\"done\"}\n"
          .getBytes(StandardCharsets.US_ASCII);

  private DockerTraining() {}

  public static void main(String[] arguments) throws IOException {
    System.exit(run(Path.of(arguments[0])));
  }

  private static int run(Path folder) throws IOException {
    Path socket = folder.resolve("docker.sock");
    Path context = Files.createDirectories(folder.resolve("context"));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY . /\n");
    Files.writeString(context.resolve(".dockerignore"), "*.log\n");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
      Thread.ofPlatform().daemon().start(() -> serve(listener));
      Map<String, String> env =
          Map.of(
              "DOCKER_HOST", "unix://" + socket,
              "DOCKER_CONFIG", folder.resolve("config").toString(),
              "HOME", folder.toString());
      for (List<String> command :
          List.of(
              List.of("login", "--username", "me", "--password-stdin", "localhost:5000"),
              List.of("build", "--tag", "localhost:5000/app:1", "."),
              List.of("tag", "localhost:5000/app:1", "localhost:5000/app:2"),
              List.of("push", "localhost:5000/app:1"))) {
        int code = DockerCommand.run(command, world(env, context));
        if (code != 0) {
          return code;
        }
      }
      return 0;
    }
  }

  private static DockerCommand.World world(Map<String, String> env, Path context) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    return new DockerCommand.World(
        env,
        context,
        new ByteArrayInputStream("password".getBytes(StandardCharsets.UTF_8)),
        out,
        err);
  }

  private static void serve(ServerSocketChannel listener) {
    try {
      while (true) {
        try (SocketChannel channel = listener.accept()) {
          awaitEnd(new BufferedInputStream(Channels.newInputStream(channel)));
          OutputStream out = Channels.newOutputStream(channel);
          out.write(ANSWER);
          out.flush();
        }
      }
    } catch (ClosedChannelException e) {
      // The training is over.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a request, whose body is chunked. */
  private static void awaitEnd(InputStream in) throws IOException {
    int matched = 0;
    while (matched < END.length) {
      int next = in.read();
      if (next < 0) {
        return;
      }
      matched = next == END[matched] ? matched + 1 : next == END[0] ? 1 : 0;
    }
  }
}
