package dev.naru.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.server.Preflight.Machine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One sentence for each lack, with what helps. */
class PreflightTest {
  private static final String FILE_SYSTEMS = "nodev\ttmpfs\n\text4\nnodev\toverlay\n";
  private static final Set<String> COMMANDS = Set.of("runc", "conmon", "nft", "ip", "git");
  private static final Path PLACE = Path.of("/var/lib");
  private static final long FREE = 10L << 30;

  @Test
  void aMachineWithEverythingLacksNothing() {
    assertThat(Preflight.lack(new Machine("root", FILE_SYSTEMS, COMMANDS, PLACE, FREE, false)))
        .isEmpty();
  }

  @Test
  void notRoot() {
    assertLack(
        new Machine("jin", FILE_SYSTEMS, COMMANDS, PLACE, FREE, false),
        "SERVER_NOT_ROOT",
        "Naru needs root on this machine (namespaces, mounts, nftables); run it with sudo");
  }

  @Test
  void noOverlay() {
    assertLack(
        new Machine("root", "nodev\ttmpfs\n\text4\n", COMMANDS, PLACE, FREE, false),
        "SERVER_NO_OVERLAY",
        "The kernel offers no overlayfs, which containers' file systems need; run: modprobe overlay");
  }

  @Test
  void aMissingCommandIsNamed() {
    assertLack(
        new Machine(
            "root", FILE_SYSTEMS, Set.of("runc", "conmon", "ip", "git"), PLACE, FREE, false),
        "SERVER_NO_TOOL",
        "The command 'nft' is missing; run: apt-get install runc conmon nftables iproute2 git");
  }

  @Test
  void fullDisk() {
    assertLack(
        new Machine("root", FILE_SYSTEMS, COMMANDS, PLACE, 512L << 20, false),
        "SERVER_DISK_FULL",
        "/var/lib has 0.5 GiB free but images and builds need 3.0 GiB; free some space or choose another place with --data");
  }

  @Test
  void whatIsInstalledStartsAgainWithLess() {
    assertThat(Preflight.lack(new Machine("root", FILE_SYSTEMS, COMMANDS, PLACE, 512L << 20, true)))
        .isEmpty();
    assertLack(
        new Machine("root", FILE_SYSTEMS, COMMANDS, PLACE, 5L << 20, true),
        "SERVER_DISK_FULL",
        "The disk of /var/lib is full (5 MiB free, at least 64 are needed for state and logs); free some space there and start again");
  }

  @Test
  void aTakenPortGivesTheNextOneAndASentence() throws Exception {
    int free;
    try (ServerSocket released = listener()) {
      free = released.getLocalPort();
    }
    try (ServerSocket taken = listener()) {
      assertThat(Preflight.freePort("gateway", taken.getLocalPort(), free)).isEqualTo(free);
      assertThat(Preflight.otherPort(taken.getLocalPort(), free).orElseThrow())
          .startsWith("Port " + taken.getLocalPort() + " is taken by another program")
          .contains("listens on " + free);
      assertThat(Preflight.otherPort(free, free)).isEmpty();
      assertThatThrownBy(() -> Preflight.freePort("gateway", taken.getLocalPort()))
          .isInstanceOf(ServerException.class)
          .hasMessageStartingWith(
              "Port " + taken.getLocalPort() + " for the gateway is taken by another program");
    }
  }

  private static ServerSocket listener() throws Exception {
    ServerSocket socket = new ServerSocket();
    socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[4]), 0));
    return socket;
  }

  private static void assertLack(Machine machine, String code, String sentence) {
    ServerException lack = Preflight.lack(machine).orElseThrow();
    assertThat(lack.code()).isEqualTo(code);
    assertThat(lack).hasMessage(sentence);
  }
}
