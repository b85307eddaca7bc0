package dev.naru.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every agent must do, and a script that runs detached on it. */
@Timeout(60)
abstract class AgentContract {
  @TempDir Path dir;

  abstract Agent agent() throws Exception;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private ShellStep step(Agent agent, String id, String script, OutputStream to, boolean keep) {
    return new ShellStep(
        agent,
        new ShellStep.Request(
            agent.control() + "/steps/" + id,
            script,
            dir.resolve("work").toString(),
            Map.of("A", "it's \"quoted\" $x", "PATH", String.valueOf(System.getenv("PATH"))),
            keep),
        to::write,
        new AtomicReference<>(""));
  }

  @Test
  void givesOutputErrorsAndExitCode() throws Exception {
    AgentCommand.Result result =
        AgentCommand.run(
            agent(), "head -c 5; echo \"$1\" >&2; exit 7", bytes("hello, more"), "an error");
    assertThat(result.text()).isEqualTo("hello");
    assertThat(result.errors()).isEqualTo("an error");
    assertThat(result.code()).isEqualTo(7);
  }

  @Test
  void waitsForTheEndOfACommandThatReadsNothing() throws Exception {
    AgentCommand.Result result =
        AgentCommand.run(agent(), "sleep 0.6; echo done; exit 3", new byte[0]);
    assertThat(result.text()).isEqualTo("done\n");
    assertThat(result.code()).isEqualTo(3);
  }

  @Test
  void carriesManyBytesBothWays() throws Exception {
    byte[] input = new byte[3_000_000];
    new java.util.Random(7).nextBytes(input);
    AgentCommand.Result result = AgentCommand.run(agent(), "head -c 3000000", input);
    assertThat(result.output()).isEqualTo(input);
  }

  @Test
  void aCommandNeedNotReadItsInput() throws Exception {
    AgentCommand.Result result =
        AgentCommand.run(agent(), "echo done; exit 3", new byte[3_000_000]);
    assertThat(result.text()).isEqualTo("done\n");
    assertThat(result.code()).isEqualTo(3);
  }

  @Test
  void runsAScriptWithItsEnvironmentInItsDirectory() throws Exception {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    ShellStep.Result result =
        step(agent(), "1", "echo \"$A\"; pwd; false; echo never", log, false).run(0);
    assertThat(result.status()).isEqualTo(1);
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("it's \"quoted\" $x", dir.resolve("work").toString(), "+ false")
        .doesNotContain("never");
  }

  @Test
  void keepsStdoutApart() throws Exception {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    ShellStep.Result result = step(agent(), "1", "echo out; echo err >&2", log, true).run(0);
    assertThat(result.output()).isEqualTo("out\n");
    assertThat(log.toString(StandardCharsets.UTF_8)).contains("+ echo out", "err");
  }

  @Test
  void aScriptWithAnInterpreterOfItsOwnHasNoTrace() throws Exception {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    assertThat(step(agent(), "1", "#!/bin/sh\necho plain\nexit 3", log, false).run(0).status())
        .isEqualTo(3);
    assertThat(log.toString(StandardCharsets.UTF_8)).isEqualTo("plain\n");
  }

  /** The command that a killed Naru has sent may be under way when the next one sends it again. */
  @Test
  void aStepThatIsBegunTwiceAtOnceRunsOnce() throws Exception {
    Agent agent = agent();
    for (int round = 0; round < 20; round++) {
      String id = String.valueOf(round);
      String script = "#!/bin/sh\n# " + "x".repeat(20_000) + "\necho line";
      List<CompletableFuture<String>> both = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        CompletableFuture<String> one = new CompletableFuture<>();
        both.add(one);
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        Thread.ofVirtual()
            .start(
                () ->
                    complete(
                        one,
                        () -> step(agent, id, script, log, false).run(0).status() + " " + log));
      }
      for (CompletableFuture<String> one : both) {
        assertThat(one.get(20, TimeUnit.SECONDS)).isEqualTo("0 line\n");
      }
    }
    // Nobody's folder is left: it would keep the step's environment.
    String names = AgentCommand.run(agent, "find \"$1\"", new byte[0], agent.control()).text();
    assertThat(names).contains("/steps/19/result").doesNotContain(".new");
  }

  @Test
  void outputComesWhileTheScriptRuns() throws Exception {
    Path gate = dir.resolve("gate");
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    OutputStream to =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] all, int offset, int length) {
            seen.add(new String(all, offset, length, StandardCharsets.UTF_8));
          }
        };
    ShellStep step =
        step(
            agent(),
            "1",
            "#!/bin/sh\necho first\nwhile [ ! -e '"
                + gate
                + "' ]; do sleep 0.02; done\necho last\n",
            to,
            false);
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> complete(status, () -> step.run(0).status()));
    assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("first\n");
    Files.createFile(gate);
    assertThat(status.get(20, TimeUnit.SECONDS)).isZero();
    assertThat(String.join("", seen)).isEqualTo("last\n");
  }

  private interface Body<T> {
    T get() throws Exception;
  }

  private static <T> void complete(CompletableFuture<T> future, Body<T> body) {
    try {
      future.complete(body.get());
    } catch (Exception e) {
      future.completeExceptionally(e);
    }
  }

  @Test
  void aScriptOutlivesItsFollowerAndIsPickedUp() throws Exception {
    Path gate = dir.resolve("gate");
    Path count = dir.resolve("count");
    String script =
        "#!/bin/sh\necho x >> '"
            + count
            + "'\necho first\nwhile [ ! -e '"
            + gate
            + "' ]; do sleep 0.02; done\necho last\nexit 5\n";
    Agent agent = agent();
    CompletableFuture<Boolean> started = new CompletableFuture<>();
    OutputStream first =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] all, int offset, int length) {
            started.complete(true);
          }
        };
    Thread follower =
        Thread.ofVirtual()
            .start(
                () ->
                    complete(
                        new CompletableFuture<>(),
                        () -> step(agent, "1", script, first, false).run(0)));
    started.get(20, TimeUnit.SECONDS);
    follower.interrupt();
    follower.join();
    Files.createFile(gate);
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    assertThat(step(agent, "1", script, rest, false).run("first\n".length()).status()).isEqualTo(5);
    assertThat(rest.toString(StandardCharsets.UTF_8)).isEqualTo("last\n");
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    assertThat(step(agent, "1", script, again, false).run(0).status()).isEqualTo(5);
    assertThat(again.toString(StandardCharsets.UTF_8)).isEqualTo("first\nlast\n");
    assertThat(count).hasContent("x\n");
  }

  @Test
  void aScriptThatCameInPartIsNeverRun() throws Exception {
    Agent agent = agent();
    Agent cut =
        new Agent() {
          @Override
          public String name() {
            return agent.name();
          }

          @Override
          public Map<String, String> env() {
            return agent.env();
          }

          @Override
          public String workspaces() {
            return agent.workspaces();
          }

          @Override
          public String control() {
            return agent.control();
          }

          @Override
          public Execution start(
              List<String> command, byte[] input, OutputStream output, OutputStream errors)
              throws IOException {
            List<String> endsEarly = new java.util.ArrayList<>(command);
            endsEarly.set(2, "head -c 10 | (" + command.get(2) + ")");
            return agent.start(endsEarly, input, output, errors);
          }

          @Override
          public boolean isGone() {
            return false;
          }
        };
    Path trace = dir.resolve("trace");
    assertThatThrownBy(
            () ->
                step(cut, "1", "echo x > " + trace, OutputStream.nullOutputStream(), false).run(0))
        .isInstanceOf(IOException.class);
    assertThat(trace).doesNotExist();
    step(agent, "1", "echo x > " + trace, OutputStream.nullOutputStream(), false).run(0);
    assertThat(trace).hasContent("x\n");
  }

  @Test
  void anEndedScriptTakesItsChildrenAlong() throws Exception {
    Agent agent = agent();
    CompletableFuture<Boolean> started = new CompletableFuture<>();
    OutputStream to =
        new OutputStream() {
          @Override
          public void write(int b) {
            started.complete(true);
          }

          @Override
          public void write(byte[] all, int offset, int length) {
            started.complete(true);
          }
        };
    ShellStep step =
        step(
            agent,
            "1",
            "#!/bin/sh\ntrap '' TERM\necho go\nsleep 1000 & wait\nsleep 1000",
            to,
            false);
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> complete(status, () -> step.run(0).status()));
    started.get(20, TimeUnit.SECONDS);
    step.end(Duration.ofMillis(300));
    assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(137);
  }

  @Test
  void aCommandThatCannotBeReachedIsAnError() throws Exception {
    Agent agent = agent();
    AgentCommand.Result result = AgentCommand.run(agent, "exec /no/such/command", new byte[0]);
    assertThat(result.code()).isEqualTo(127);
    assertThatThrownBy(
            () -> AgentCommand.run(agent, "head -c " + (80 << 20) + " /dev/zero", new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bytes");
  }

  static List<String> lines(ByteArrayOutputStream out) {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
