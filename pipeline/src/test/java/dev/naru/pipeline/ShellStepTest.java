package dev.naru.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A step on an agent whose connections break. */
class ShellStepTest {
  private static final int OFFSET_ARGUMENT = 5;

  private final List<OutputStream> outputs = new ArrayList<>();
  private final List<String> offsets = new ArrayList<>();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The first connection breaks after a line; the second ends well. */
  private final class Breaking implements Agent {
    @Override
    public String name() {
      return "breaking";
    }

    @Override
    public Map<String, String> env() {
      return Map.of();
    }

    @Override
    public String workspaces() {
      return "/workspace";
    }

    @Override
    public String control() {
      return "/control";
    }

    @Override
    public Execution start(
        List<String> command, byte[] input, OutputStream output, OutputStream errors)
        throws IOException {
      offsets.add(command.get(OFFSET_ARGUMENT));
      boolean first = outputs.isEmpty();
      outputs.add(output);
      output.write(bytes(first ? "one\n" : "two\n"));
      errors.write(bytes(first ? "" : "naru-result 0\n"));
      if (!first) {
        assertThatThrownBy(() -> outputs.getFirst().write(bytes("two\n")))
            .isInstanceOf(IOException.class);
      }
      return new Execution() {
        @Override
        public int exitCode() throws IOException {
          if (first) {
            throw new IOException("the connection broke");
          }
          return 0;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public boolean isGone() {
      return false;
    }
  }

  @Test
  void whatABrokenConnectionStillDeliversIsNotLoggedTwice() throws Exception {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    ShellStep step =
        new ShellStep(
            new Breaking(),
            new ShellStep.Request("/control/steps/1", "echo", "/workspace", Map.of(), false),
            log::write,
            new AtomicReference<>(""));
    assertThat(step.run(0).status()).isZero();
    assertThat(log.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo\n");
    assertThat(offsets).containsExactly("1", "5");
  }
}
