package dev.naru.server.cli;

import dev.naru.delivery.Delivery;
import dev.naru.delivery.WhereReport;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "deliveries", description = "Lists the commits on their way to live, newest first.")
final class DeliveriesCommand implements Callable<Integer> {
  @Mixin private DataOption at = new DataOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (KubernetesClient client = Client.open(at.data())) {
      List<Delivery> all = client.resources(Delivery.class).inNamespace("naru").list().getItems();
      WhereReport.table(all, Instant.now()).forEach(out::println);
      return 0;
    }
  }
}
