package dev.naru.gateway;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPathBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The gateway with one route to one upstream: {@code BenchGateway <port> <upstream port>}. */
final class BenchGateway {
  private BenchGateway() {}

  public static void main(String[] args) throws InterruptedException {
    InetSocketAddress listen = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0]));
    GatewayConfig config = GatewayConfig.defaults().withListen(listen);
    Gateway gateway = Gateway.startWithout(new Listeners(config, true, 1));
    gateway.publish(routes(Integer.parseInt(args[1])));
    new CountDownLatch(1).await();
  }

  private static ClusterSnapshot routes(int upstream) {
    var path =
        new HTTPIngressPathBuilder()
            .withPathType("Prefix")
            .withPath("/")
            .withNewBackend()
            .withNewService()
            .withName("a")
            .withNewPort()
            .withNumber(80)
            .endPort()
            .endService()
            .endBackend()
            .build();
    var meta = new ObjectMetaBuilder().withNamespace("bench").withName("a");
    var ingress =
        new IngressBuilder()
            .withMetadata(meta.build())
            .withNewSpec()
            .addNewRule()
            .withHost("bench.test")
            .withNewHttp()
            .withPaths(path)
            .endHttp()
            .endRule()
            .endSpec()
            .build();
    var service =
        new ServiceBuilder()
            .withMetadata(meta.build())
            .withNewSpec()
            .addNewPort()
            .withPort(80)
            .endPort()
            .endSpec()
            .build();
    var slice =
        new EndpointSliceBuilder()
            .withMetadata(meta.addToLabels("kubernetes.io/service-name", "a").build())
            .addNewPort()
            .withPort(upstream)
            .endPort()
            .withEndpoints(new EndpointBuilder().withAddresses("127.0.0.1").build())
            .build();
    return new ClusterSnapshot(List.of(ingress), List.of(service), List.of(slice));
  }
}
