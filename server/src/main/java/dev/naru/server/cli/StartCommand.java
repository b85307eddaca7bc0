package dev.naru.server.cli;

import dev.naru.server.DataDir;
import dev.naru.server.NaruConfig;
import dev.naru.server.Preflight;
import dev.naru.server.RunningServer;
import java.io.IOException;
import java.io.PrintWriter;
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
  public Integer call() throws IOException, InterruptedException {
    DataDir data = at.data();
    Preflight.check(data.root());
    RunningServer server = Daemon.ensure(data);
    NaruConfig config = NaruConfig.read(data.root());
    PrintWriter out = spec.commandLine().getOut();
    Preflight.otherPort(config.httpPort(), server.httpPort()).ifPresent(out::println);
    out.println("Naru runs: " + config.url("naru.localhost", server.httpPort()));
    return 0;
  }
}
