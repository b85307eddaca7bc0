package dev.naru.pipeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * A script that runs detached on the agent, so that it outlives the connection and Naru itself: its
 * output goes to a file, its exit code to another that appears by a rename. One command starts it
 * when it was not yet started, follows the output from an offset by blocking reads, and ends with
 * the result; the same command picks a running or ended script up again.
 */
final class ShellStep {
  private static final int ATTEMPTS_MAX = 5;
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final int BROKEN_EXIT_CODE = 97;
  private static final Pattern VARIABLE = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  /** $1 step folder, $2 working directory, $3 "stdout" when that is kept apart from the log. */
  private static final String LAUNCH =
      """
      d=$1
      mkdir "$d/launched" 2>/dev/null || exit 0
      trap : TERM INT HUP
      echo $$ > "$d/pid.new" && mv "$d/pid.new" "$d/pid"
      (
        . "$d/env"
        rm -f "$d/env"
        mkdir -p "$2" && cd "$2" || exit 98
        [ "$3" = stdout ] && exec >> "$d/stdout"
        case "$(head -c 2 "$d/script.sh")" in
          '#!') exec "$d/script.sh" ;;
          *) exec sh -xe "$d/script.sh" ;;
        esac
      ) >> "$d/log" 2>> "$d/log"
      c=$?
      echo $c > "$d/result.new" && mv "$d/result.new" "$d/result"
      """;

  /**
   * $1 step folder, $2 offset, $3 and $4 lengths of the two parts of the input, $5 working
   * directory, $6 as $3 above, $7 the launcher, $8 a folder that is no longer needed. The command
   * of a Naru that was killed may still run beside this one: each makes a step folder of its own,
   * and the first that has the name is everybody's.
   */
  private static final String FOLLOW =
      """
      d=$1
      if [ ! -d "$d" ]; then
        n=$d.new.$$
        ( umask 077
          rm -rf "$n" && mkdir -p "$n" &&
          head -c "$3" > "$n/env" && head -c "$4" > "$n/script.sh" &&
          [ "$(wc -c < "$n/env")" -eq "$3" ] &&
          [ "$(wc -c < "$n/script.sh")" -eq "$4" ] &&
          : > "$n/log" && : > "$n/stdout" &&
          chmod 700 "$n/script.sh" && { mv "$n" "$d" || [ -d "$d" ]; } )
        c=$?
        for left in "$n" "$d/${n##*/}"; do [ ! -e "$left" ] || rm -rf "$left"; done
        [ $c -eq 0 ] || exit 97
      fi
      if [ ! -e "$d/launched" ]; then
        setsid sh -c "$7" naru-launch "$d" "$5" "$6" < /dev/null > /dev/null 2>&1 &
      fi
      [ -n "$8" ] && rm -rf "$8"
      while [ ! -s "$d/pid" ]; do sleep 0.01; done
      if [ -f "$d/result" ]; then
        tail -c "+$2" "$d/log"
      else
        tail -c "+$2" -s 0.02 -f --pid="$(cat "$d/pid")" "$d/log"
      fi
      c=lost
      [ -f "$d/result" ] && c=$(cat "$d/result")
      echo "naru-result $c" >&2
      [ "$6" = stdout ] && cat "$d/stdout" >&2
      exit 0
      """;

  /** $1 step folder, $2 tenths of a second until SIGKILL. */
  private static final String END =
      """
      [ -s "$1/pid" ] || exit 0
      p=$(cat "$1/pid")
      [ -f "$1/result" ] && exit 0
      kill -TERM "-$p"
      i=0
      while [ ! -f "$1/result" ] && kill -0 "$p" 2>/dev/null && [ $i -lt "$2" ]; do
        sleep 0.1
        i=$((i+1))
      done
      [ -f "$1/result" ] || kill -KILL "-$p"
      exit 0
      """;

  /**
   * What to run.
   *
   * @param folder the step's own folder on the agent
   * @param keepStdout whether standard output is the result instead of being logged
   */
  record Request(
      String folder, String script, String directory, Map<String, String> env, boolean keepStdout) {
    @Override
    public String toString() {
      return "Request[" + folder + "]";
    }
  }

  /** How the script ended; 137 when it was killed without a word. */
  record Result(int status, String output) {}

  /** Takes the output as it comes. */
  interface Sink {
    void output(byte[] bytes, int offset, int length) throws IOException;
  }

  private final Agent agent;
  private final Request request;
  private final Sink sink;
  private final AtomicReference<String> obsolete;

  /**
   * @param obsolete folder of a step whose result is recorded; removed on the way
   */
  ShellStep(Agent agent, Request request, Sink sink, AtomicReference<String> obsolete) {
    this.agent = agent;
    this.request = request;
    this.sink = sink;
    this.obsolete = obsolete;
  }

  /**
   * Runs the script, or goes on with it.
   *
   * @param offset how much of its output is known
   * @throws IOException when the agent is gone or cannot be reached
   */
  Result run(long offset) throws IOException, InterruptedException {
    long known = offset;
    IOException last = null;
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (attempt > 0) {
        Thread.sleep(PAUSE);
      }
      if (agent.isGone()) {
        throw new IOException(
            "the agent '" + agent.name() + "' is gone; the step's result is not known", last);
      }
      Counted output = new Counted();
      AgentCommand.Kept control = new AgentCommand.Kept();
      try (Agent.Execution execution = follow(known, output, control)) {
        int code = execution.exitCode();
        Result result = result(control);
        if (result != null) {
          return result;
        }
        if (code == BROKEN_EXIT_CODE) {
          throw new IOException("the agent cannot keep the script: " + control);
        }
        last = new IOException("the agent answered " + code + ": " + control);
      } catch (IOException e) {
        if (output.failure != null) {
          throw e;
        }
        last = e;
      }
      long taken = output.end();
      known += taken;
      attempt = taken > 0 ? 0 : attempt;
    }
    throw new IOException(
        "the agent '" + agent.name() + "' cannot be reached after " + ATTEMPTS_MAX + " attempts",
        last);
  }

  private Agent.Execution follow(long known, OutputStream output, OutputStream control)
      throws IOException {
    byte[] env = environment().getBytes(StandardCharsets.UTF_8);
    byte[] script = request.script().getBytes(StandardCharsets.UTF_8);
    byte[] input = Arrays.copyOf(env, env.length + script.length);
    System.arraycopy(script, 0, input, env.length, script.length);
    String old = obsolete.getAndSet("");
    return agent.start(
        List.of(
            "/bin/sh",
            "-c",
            FOLLOW,
            "naru-step",
            request.folder(),
            String.valueOf(known + 1),
            String.valueOf(env.length),
            String.valueOf(script.length),
            request.directory(),
            request.keepStdout() ? "stdout" : "",
            LAUNCH,
            old),
        input,
        output,
        control);
  }

  private String environment() {
    StringBuilder text = new StringBuilder();
    request
        .env()
        .forEach(
            (name, value) -> {
              if (VARIABLE.matcher(name).matches()) {
                text.append(
                    value.isEmpty()
                        ? "unset " + name + "\n"
                        : "export " + name + "=" + quoted(value) + "\n");
              }
            });
    return text.toString();
  }

  static String quoted(String value) {
    return "'" + value.replace("'", "'\\''") + "'";
  }

  private static @org.jspecify.annotations.Nullable Result result(ByteArrayOutputStream control) {
    byte[] bytes = control.toByteArray();
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    String line = new String(bytes, 0, end, StandardCharsets.UTF_8);
    if (end == bytes.length || !line.startsWith("naru-result ")) {
      return null;
    }
    String code = line.substring("naru-result ".length()).strip();
    String output = new String(bytes, end + 1, bytes.length - end - 1, StandardCharsets.UTF_8);
    return new Result(code.equals("lost") ? 137 : Integer.parseInt(code), output);
  }

  /** Ends the script: SIGTERM to all of it, then SIGKILL. */
  void end(Duration killAfter) throws IOException, InterruptedException {
    AgentCommand.run(
        agent, END, new byte[0], request.folder(), String.valueOf(killAfter.toMillis() / 100));
  }

  /**
   * Passes output on and counts it, until it is ended: a connection that broke may still deliver,
   * and what comes then comes again with the next one.
   */
  private final class Counted extends OutputStream {
    private long count;
    private boolean ended;
    private @org.jspecify.annotations.Nullable IOException failure;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      if (ended) {
        throw new IOException("output of a connection that is given up");
      }
      try {
        sink.output(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
      count += length;
    }

    /** Takes nothing more; returns how much was passed on. */
    synchronized long end() {
      ended = true;
      return count;
    }
  }
}
