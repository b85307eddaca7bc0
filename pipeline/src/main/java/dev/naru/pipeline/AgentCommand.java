package dev.naru.pipeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A short command on an agent, whose whole output is kept. */
final class AgentCommand {
  static final int OUTPUT_SIZE_MAX = 64 << 20;

  /** How it ended. */
  static final class Result {
    private final int code;
    private final byte[] output;
    private final String errors;

    private Result(int code, byte[] output, String errors) {
      this.code = code;
      this.output = output;
      this.errors = errors;
    }

    int code() {
      return code;
    }

    byte[] output() {
      return output;
    }

    String errors() {
      return errors;
    }

    String text() {
      return new String(output, StandardCharsets.UTF_8);
    }
  }

  /** Keeps at most {@link #OUTPUT_SIZE_MAX} bytes. */
  static final class Kept extends ByteArrayOutputStream {
    private boolean full;

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      if (count + length > OUTPUT_SIZE_MAX) {
        full = true;
      } else {
        super.write(bytes, offset, length);
      }
    }

    boolean isFull() {
      return full;
    }
  }

  private AgentCommand() {}

  /** Runs a shell script with {@code input}; its arguments are {@code $1} and on. */
  static Result run(Agent agent, String script, byte[] input, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", script, "naru"));
    command.addAll(Arrays.asList(args));
    Kept output = new Kept();
    Kept errors = new Kept();
    try (Agent.Execution execution = agent.start(command, input, output, errors)) {
      int code = execution.exitCode();
      if (output.isFull()) {
        throw new IOException("more than " + OUTPUT_SIZE_MAX + " bytes from the agent");
      }
      return new Result(
          code, output.toByteArray(), errors.toString(StandardCharsets.UTF_8).strip());
    }
  }
}
