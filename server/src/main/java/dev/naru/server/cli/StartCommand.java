package dev.naru.server.cli;

import dev.naru.server.DataDir;
import dev.naru.server.NaruConfig;
import dev.naru.server.Preflight;
import dev.naru.server.RunningServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "start", description = "Starts Naru in the background; does nothing when it runs.")
final class StartCommand implements Callable<Integer> {
  @Mixin private DataOption at = new DataOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    DataDir data = at.data();
    Preflight.check(data.root());
    return Interruption.guard(() -> start(data), () -> end(data));
  }

  private int start(DataDir data) throws IOException, InterruptedException {
    RunningServer server = Daemon.ensure(data);
    NaruConfig config = NaruConfig.read(data.root());
    PrintWriter out = spec.commandLine().getOut();
    Preflight.otherPort(config.httpPort(), server.httpPort()).ifPresent(out::println);
    out.println("Naru runs: " + config.url("naru.localhost", server.httpPort()));
    return 0;
  }

  /** After Ctrl-C: a start that has been given up leaves nothing behind. */
  private OptionalInt end(DataDir data) throws IOException {
    System.out.println();
    if (RunningServer.find(data).isPresent()) {
      System.out.println("Naru runs; stop it with: " + at.command("down"));
      return OptionalInt.empty();
    }
    System.out.println("Interrupted. The start is given up.");
    int stopped = Main.commandLine().execute("down", "--data", data.root().toString());
    return stopped == 0 ? OptionalInt.empty() : OptionalInt.of(stopped);
  }
}
