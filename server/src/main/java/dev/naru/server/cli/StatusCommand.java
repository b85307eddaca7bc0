package dev.naru.server.cli;

import dev.naru.server.DataDir;
import dev.naru.server.NaruConfig;
import dev.naru.server.RunningServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "status", description = "Says whether Naru runs and where; 0 when it does, else 1.")
final class StatusCommand implements Callable<Integer> {
  @Mixin private DataOption at = new DataOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    DataDir data = at.data();
    PrintWriter out = spec.commandLine().getOut();
    Optional<RunningServer> server = RunningServer.find(data);
    if (server.isEmpty()) {
      out.println("Naru does not run (data in " + data.root() + "); start it with: naru start");
      return 1;
    }
    NaruConfig config = NaruConfig.read(data.root());
    out.println("Naru runs (pid " + server.get().pid() + ", data in " + data.root() + ")");
    out.println("console     " + config.url("naru.localhost", server.get().httpPort()));
    out.println("kubeconfig  " + data.kubeconfig());
    out.println("registry    localhost:" + config.registryPort());
    out.println("log         " + data.log());
    return 0;
  }
}
