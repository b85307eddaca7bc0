package dev.naru.server.cli;

import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Answers the launcher's {@code naru lint --stdin}: an editor asks at each change, and a JVM takes
 * longer to start than it waits. FILE holds the port and a secret, readable by its owner only; it
 * is replaced by a later service, and this one then ends. Of several that start at once, all but
 * the one that holds the lock of FILE{@code .starting} end.
 *
 * <p>A request is lines: the secret, the folder, the number of arguments, each argument, the length
 * of the text in bytes; then the text. The answer is a line with the code, 0 or 1, and the output.
 * Whatever this does not answer so (no request, wrong options, an unreadable text) ends the
 * connection without a line, and the launcher runs the command itself.
 */
@Command(
    name = "lint-service",
    hidden = true,
    description = "Answers 'naru lint --stdin' until nobody has asked for a while.")
final class LintServiceCommand implements Callable<Integer> {
  private static final int ARGUMENTS_MAX = 100;
  private static final int LINE_MAX_BYTES = 64 * 1024;
  private static final int TEXT_MAX_BYTES = 4 << 20;
  private static final int REQUEST_MAX_MILLIS = 5_000;
  private static final int WARMING = 60;

  /** A file that is right, with something of everything. */
  static final String SAMPLE =
      "pipeline { agent any\nstages { stage('A') { steps { sh \"make ${env.X}\"\nscript { def a = [1]"
          + "\na.each { echo \"$it\" } } } } }\npost { always { echo 'x' } } }\n";

  @Parameters(paramLabel = "FILE", description = "where the port and the secret are told")
  private Path file = Path.of("unset");

  @Option(
      names = "--idle",
      paramLabel = "SECONDS",
      description = "ends after so long without a question (600)",
      defaultValue = "600")
  private int idleSeconds = 600;

  @Override
  public Integer call() throws IOException {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    String secret = HexFormat.of().formatHex(bytes);
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String told = socket.getLocalPort() + " " + secret + "\n";
      if (!begin(told)) {
        return 0;
      }
      socket.setSoTimeout(Math.multiplyExact(idleSeconds, 1_000));
      while (told.equals(told())) {
        Socket peer;
        try {
          peer = socket.accept();
        } catch (SocketTimeoutException e) {
          break;
        }
        try (peer) {
          peer.setSoTimeout(REQUEST_MAX_MILLIS);
          answer(peer, secret);
        } catch (IOException | IllegalArgumentException e) {
          // What is no request, or stops in the middle, gets no answer.
        }
      }
      if (told.equals(told())) {
        Files.deleteIfExists(file);
      }
    }
    return 0;
  }

  /** Warms up and tells where it is; false when another service is about to do just that. */
  private boolean begin(String told) throws IOException {
    Path starting = file.resolveSibling(file.getFileName() + ".starting");
    try (FileChannel channel =
            FileChannel.open(starting, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        return false;
      }
      for (int i = 0; i < WARMING; i++) {
        lint(Path.of(""), List.of("lint", "--stdin"), SAMPLE.getBytes(StandardCharsets.UTF_8));
      }
      tell(told);
      return true;
    }
  }

  private void tell(String told) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    Files.deleteIfExists(next);
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(next, told);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private String told() throws IOException {
    return Files.exists(file) ? Files.readString(file) : "";
  }

  private static void answer(Socket peer, String secret) throws IOException {
    InputStream in = new BufferedInputStream(peer.getInputStream());
    byte[] given = line(in).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(given, secret.getBytes(StandardCharsets.UTF_8))) {
      return;
    }
    Path folder = Path.of(line(in));
    List<String> arguments = new ArrayList<>();
    for (int n = number(line(in), ARGUMENTS_MAX); n > 0; n--) {
      arguments.add(line(in));
    }
    int length = number(line(in), TEXT_MAX_BYTES);
    byte[] text = in.readNBytes(length);
    String answer = text.length == length ? lint(folder, arguments, text) : "";
    peer.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0 || bytes.size() == LINE_MAX_BYTES) {
        throw new EOFException("no line");
      }
      bytes.write(b);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static int number(String text, int max) {
    int number = Integer.parseInt(text);
    if (number < 0 || number > max) {
      throw new IllegalArgumentException("out of range: " + text);
    }
    return number;
  }

  /** The code, a line's end and the output; empty when the launcher has to run it itself. */
  private static String lint(Path folder, List<String> arguments, byte[] text) {
    if (!arguments.getFirst().equals("lint") || !arguments.contains("--stdin")) {
      return "";
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine naru = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    LintCommand command = requireNonNull(naru.getSubcommands().get("lint")).getCommand();
    command.within(folder, new ByteArrayInputStream(text));
    int code = naru.execute(arguments.toArray(String[]::new));
    return code <= 1 && err.toString().isEmpty() ? code + "\n" + out : "";
  }
}
