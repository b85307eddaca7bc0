package dev.naru.server.cli;

import dev.naru.base.FileTrees;
import dev.naru.node.Node;
import dev.naru.server.DataDir;
import dev.naru.server.NaruConfig;
import dev.naru.server.NaruServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "down", description = "Stops Naru and every pod that it started.")
final class DownCommand implements Callable<Integer> {
  @Mixin private DataOption at = new DataOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--purge", description = "also remove all data of this installation")
  private boolean purge;

  @Override
  public Integer call() throws IOException, InterruptedException {
    DataDir data = at.data();
    PrintWriter out = spec.commandLine().getOut();
    NaruConfig config = NaruConfig.read(data.root());
    boolean ran = Daemon.stop(data);
    Node.purge(NaruServer.nodeConfig(data, config));
    out.println(
        ran ? "Naru is stopped, and all its pods." : "Naru did not run; its pods are stopped.");
    if (purge) {
      FileTrees.delete(data.root());
      out.println("All data in " + data.root() + " is removed.");
    }
    return 0;
  }
}
