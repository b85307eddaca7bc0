package dev.naru.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An agent that runs commands on this machine, below a folder. */
final class LocalAgent implements Agent {
  private final String name;
  private final Path folder;
  private volatile boolean gone;

  LocalAgent(String name, Path folder) {
    this.name = name;
    this.folder = folder;
  }

  void vanish() {
    gone = true;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, String> env() {
    return Map.of("PATH", String.valueOf(System.getenv("PATH")), "HOME", folder.toString());
  }

  @Override
  public String workspaces() {
    return folder.resolve("workspace").toString();
  }

  @Override
  public String control() {
    return folder.resolve(".naru").toString();
  }

  @Override
  public Execution start(
      List<String> command, byte[] input, OutputStream output, OutputStream errors)
      throws IOException {
    if (gone) {
      throw new IOException("the agent is gone");
    }
    Process process = new ProcessBuilder(command).start();
    Thread out = pump(process.getInputStream(), output);
    Thread err = pump(process.getErrorStream(), errors);
    // Input stays open, as it does with a pod: commands must know how much they read.
    give(process.getOutputStream(), input);
    return new LocalExecution(process, out, err);
  }

  private static void give(OutputStream to, byte[] input) {
    try {
      to.write(input);
      to.flush();
    } catch (IOException e) {
      // A command may end without having read its input.
    }
  }

  private static Thread pump(InputStream from, OutputStream to) {
    return Thread.ofVirtual()
        .start(
            () -> {
              byte[] buffer = new byte[8192];
              try (from) {
                for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                  to.write(buffer, 0, n);
                }
              } catch (IOException e) {
                // The process was ended, or the taker of its output wants no more.
                Thread.currentThread().interrupt();
              }
            });
  }

  @Override
  public boolean isGone() {
    return gone;
  }

  private record LocalExecution(Process process, Thread out, Thread err) implements Execution {
    @Override
    public int exitCode() throws InterruptedException {
      int code = process.waitFor();
      out.join();
      err.join();
      return code;
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
