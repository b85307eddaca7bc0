package dev.naru.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortTest {
  @Test
  void aTakenPortIsOneSentenceWithItsOwner() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      GatewayConfig config =
          GatewayConfig.defaults()
              .withListen(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()));
      Listeners listeners = new Listeners(config, true, 1);
      assertThatThrownBy(listeners::listen)
          .isInstanceOfSatisfying(
              GatewayException.class, e -> assertThat(e.code()).isEqualTo("GATEWAY_PORT_IN_USE"))
          .hasMessage(
              "Tried to listen on port "
                  + taken.getLocalPort()
                  + " but it is already used by java (pid "
                  + ProcessHandle.current().pid()
                  + ").");
    }
  }

  @Test
  void anAddressOfAnotherMachineIsNamed() {
    GatewayConfig config =
        GatewayConfig.defaults().withListen(new InetSocketAddress("192.0.2.1", 18080));
    Listeners listeners = new Listeners(config, true, 1);
    assertThatThrownBy(listeners::listen)
        .isInstanceOf(GatewayException.class)
        .hasMessageContaining("192.0.2.1:18080");
  }

  @Test
  void listensOnBothFamiliesByDefault() throws IOException {
    GatewayConfig config = GatewayConfig.defaults().withListen(new InetSocketAddress(0));
    try (Gateway gateway = Gateway.startWithout(new Listeners(config, true, 1))) {
      int port = gateway.addresses().getFirst().getPort();
      for (String address : new String[] {"127.0.0.1", "::1"}) {
        try (var socket = new java.net.Socket(address, port)) {
          assertThat(socket.isConnected()).isTrue();
        }
      }
    }
  }
}
