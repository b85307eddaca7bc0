package dev.naru.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Says why a port cannot be had, and who has it, from {@code /proc} (proc(5)). */
final class PortOwners {
  private static final String LISTEN = "0A";
  private static final int PRIVILEGED_MAX = 1023;

  private PortOwners() {}

  static GatewayException explain(InetSocketAddress address, IOException seen) {
    String message = String.valueOf(seen.getMessage()).toLowerCase(Locale.ROOT);
    int port = address.getPort();
    if (message.contains("in use")) {
      String owner = owner(port).map(o -> " by " + o).orElse("");
      return new GatewayException(
          "GATEWAY_PORT_IN_USE",
          "Tried to listen on port " + port + " but it is already used" + owner + ".",
          seen);
    }
    if (port <= PRIVILEGED_MAX && (message.contains("denied") || message.contains("permitted"))) {
      return new GatewayException(
          "GATEWAY_PORT_DENIED",
          "Tried to listen on port "
              + port
              + " but ports below 1024 need root or CAP_NET_BIND_SERVICE.",
          seen);
    }
    return new GatewayException(
        "GATEWAY_BIND",
        "Tried to listen on " + address + " but failed because: " + seen.getMessage() + ".",
        seen);
  }

  /** The process that listens on the TCP port, as {@code name (pid 123)}. */
  static Optional<String> owner(int port) {
    Set<String> sockets = new HashSet<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      sockets.addAll(listeners(Path.of(table), port));
    }
    if (sockets.isEmpty()) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, sockets)) {
          String name = Files.readString(process.resolve("comm")).strip();
          return Optional.of(name + " (pid " + process.getFileName() + ")");
        }
      }
    } catch (IOException e) {
      return Optional.empty(); // the owner is a nicety: the message is true without it
    }
    return Optional.empty();
  }

  private static Set<String> listeners(Path table, int port) {
    Set<String> found = new HashSet<>();
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    try {
      for (String line : Files.readAllLines(table)) {
        String[] columns = line.strip().split("\\s+");
        if (columns.length > 9 && columns[1].endsWith(suffix) && columns[3].equals(LISTEN)) {
          found.add("socket:[" + columns[9] + "]");
        }
      }
    } catch (IOException e) {
      return Set.of(); // no IPv6, or no /proc
    }
    return found;
  }

  private static boolean holds(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
    } catch (IOException e) {
      return false; // ended meanwhile, or another user's
    }
    return false;
  }
}
