package dev.naru.server.cli;

import dev.naru.server.DataDir;
import dev.naru.server.ServerException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The cluster that a command speaks to: {@code KUBECONFIG}, else this machine's Naru. */
final class Client {
  private Client() {}

  static KubernetesClient open(DataDir data) throws IOException {
    Optional<String> named =
        Optional.ofNullable(System.getenv("KUBECONFIG")).filter(p -> !p.isEmpty());
    Path file = named.map(Path::of).orElse(data.kubeconfig());
    if (!Files.isReadable(file)) {
      throw new ServerException(
          "CLI_NO_KUBECONFIG",
          "There is no readable kubeconfig at "
              + file
              + "; start Naru with 'naru start', or set KUBECONFIG");
    }
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(Files.readString(file)))
        .build();
  }
}
