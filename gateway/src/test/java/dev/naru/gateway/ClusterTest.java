package dev.naru.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.kube.KubeApi;
import dev.naru.kube.KubeConfig;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the real API: what is written there is what is served. */
class ClusterTest {
  @TempDir Path dir;

  private static GatewayConfig config() {
    return GatewayConfig.defaults()
        .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .withEventLoops(1)
        .withDrainMax(Duration.ofSeconds(2))
        .withStatusAddresses(List.of("127.0.0.1"));
  }

  private static String get(Gateway gateway, String host) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), gateway.addresses().getFirst().getPort())) {
      Upstream.write(socket, "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static void write(KubernetesClient client, ClusterSnapshot wanted) {
    wanted.ingresses().forEach(i -> client.resource(i).create());
    wanted.services().forEach(s -> client.resource(s).create());
    wanted.slices().forEach(s -> client.resource(s).create());
  }

  @Test
  void followsTheCluster() throws Exception {
    try (Upstream first = Upstream.saying("first");
        Upstream second = Upstream.saying("second");
        KubeApi api = KubeApi.open(KubeConfig.of(dir.resolve("state.db")))) {
      KubernetesClient client = api.client();
      client
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName(Cluster.NAMESPACE)
                  .endMetadata()
                  .build())
          .create();
      write(client, Cluster.web(first.pod("a")));
      try (Gateway gateway = Gateway.start(client, config())) {
        assertThat(get(gateway, "shop.test")).as("served from the start").endsWith("first");

        EndpointSlice other = Cluster.web(second.pod("b")).slices().getFirst();
        client.resource(other).create();
        client
            .discovery()
            .v1()
            .endpointSlices()
            .inNamespace(Cluster.NAMESPACE)
            .withName("web-a")
            .delete();
        TestGateway.await("the new pod serves", () -> says(gateway, "second"));

        Ingress ingress =
            client
                .network()
                .v1()
                .ingresses()
                .inNamespace(Cluster.NAMESPACE)
                .withName("web")
                .waitUntilCondition(
                    i ->
                        i != null
                            && i.getStatus() != null
                            && i.getStatus().getLoadBalancer() != null
                            && !i.getStatus().getLoadBalancer().getIngress().isEmpty(),
                    30,
                    TimeUnit.SECONDS);
        assertThat(ingress.getStatus().getLoadBalancer().getIngress().getFirst().getIp())
            .isEqualTo("127.0.0.1");

        client.resource(ingress).delete();
        TestGateway.await("the host is not known", () -> says(gateway, "is not known here"));
      }
    }
  }

  private static boolean says(Gateway gateway, String text) {
    try {
      return get(gateway, "shop.test").contains(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
