package dev.naru.server.cli;

import dev.naru.server.demo.Steps;
import java.io.PrintStream;
import java.time.Clock;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;

/** Works until Ctrl-C, as a command does. Argument: the code to end with, or "signal". */
final class TerminalProgram {
  private TerminalProgram() {}

  public static void main(String[] arguments) throws Exception {
    System.exit(
        Interruption.guard(
            TerminalProgram::work,
            () -> {
              System.out.println("the rest");
              return arguments[0].equals("signal")
                  ? OptionalInt.empty()
                  : OptionalInt.of(Integer.parseInt(arguments[0]));
            }));
  }

  private static int work() throws Exception {
    PrintStream out = System.out;
    try (Steps steps = new Steps(out, TerminalSize.columns(), Clock.systemUTC())) {
      steps.brief("a line that is longer than this narrow terminal");
      steps.run("done", () -> true);
      return steps.run(
          "until Ctrl-C",
          () -> {
            new CountDownLatch(1).await();
            return 0;
          });
    } finally {
      System.out.println("unwound");
    }
  }
}
