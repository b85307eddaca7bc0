package dev.naru.server.cli;

import dev.naru.delivery.Delivery;
import dev.naru.delivery.WhereReport;
import dev.naru.server.ServerException;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "where",
    description = "Says where a commit is, what it waits for, and what each step took.")
final class WhereCommand implements Callable<Integer> {
  private static final int PREFIX_MIN = 4;

  @Mixin private DataOption at = new DataOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "COMMIT",
      description =
          "a commit id, its beginning, or a name that git knows in this folder, such as HEAD")
  private String commit = "";

  @Override
  public Integer call() throws IOException, InterruptedException {
    String id =
        commit.matches("[0-9a-fA-F]{4,40}") ? commit.toLowerCase(Locale.ROOT) : resolve(commit);
    PrintWriter out = spec.commandLine().getOut();
    try (KubernetesClient client = Client.open(at.data())) {
      List<Delivery> found =
          client.resources(Delivery.class).inNamespace("naru").list().getItems().stream()
              .filter(d -> d.getSpec().commit().startsWith(id))
              .toList();
      if (found.isEmpty()) {
        throw new ServerException(
            "CLI_NO_DELIVERY",
            "No delivery of a commit "
                + id
                + " is known; 'naru deliveries' lists what is. Has it been pushed?");
      }
      for (Delivery delivery : found) {
        WhereReport.where(delivery, Instant.now()).forEach(out::println);
      }
      return 0;
    }
  }

  private static String resolve(String name) throws IOException, InterruptedException {
    Process git =
        new ProcessBuilder("git", "rev-parse", "--verify", "--quiet", name + "^{commit}").start();
    String id = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (git.waitFor() != 0 || id.length() < PREFIX_MIN) {
      throw new ServerException(
          "CLI_NO_COMMIT",
          "'" + name + "' is no commit id and git does not know it in this folder");
    }
    return id;
  }
}
