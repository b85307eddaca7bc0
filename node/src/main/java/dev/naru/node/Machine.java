package dev.naru.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this machine is.
 *
 * @param address of the machine in its own network
 * @param memory in bytes
 * @param bootId changes with each boot
 */
record Machine(
    String address,
    int cores,
    long memory,
    String bootId,
    String machineId,
    String kernel,
    String osImage) {

  /**
   * @param fallbackAddress where the machine has no network but loopback
   */
  static Machine detect(String fallbackAddress) throws IOException {
    return new Machine(
        address(fallbackAddress),
        Runtime.getRuntime().availableProcessors(),
        readMemory(),
        line("/proc/sys/kernel/random/boot_id", "unknown"),
        line("/etc/machine-id", "unknown"),
        line("/proc/sys/kernel/osrelease", "unknown"),
        readOsImage());
  }

  private static String address(String fallback) throws IOException {
    try {
      String gateway = routeInterface();
      if (!gateway.isEmpty()) {
        NetworkInterface way = NetworkInterface.getByName(gateway);
        for (var address : way.getInterfaceAddresses()) {
          if (address.getAddress().getAddress().length == 4) {
            return address.getAddress().getHostAddress();
          }
        }
      }
      InetAddress local = InetAddress.getLocalHost();
      return local.isLoopbackAddress() || local.getAddress().length != 4
          ? fallback
          : local.getHostAddress();
    } catch (UnknownHostException e) {
      // A machine whose own name does not resolve.
      return fallback;
    }
  }

  /** The interface of the default route; empty without one. */
  private static String routeInterface() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/net/route"), StandardCharsets.UTF_8)) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length > 2 && fields[1].equals("00000000")) {
        return fields[0];
      }
    }
    return "";
  }

  private static long readMemory() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"), StandardCharsets.UTF_8)) {
      if (line.startsWith("MemTotal:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    return 0;
  }

  /** Available memory in bytes. */
  static long memoryAvailable() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"), StandardCharsets.UTF_8)) {
      if (line.startsWith("MemAvailable:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    return Long.MAX_VALUE;
  }

  private static String readOsImage() throws IOException {
    Path release = Path.of("/etc/os-release");
    if (Files.exists(release)) {
      for (String line : Files.readAllLines(release, StandardCharsets.UTF_8)) {
        if (line.startsWith("PRETTY_NAME=")) {
          return line.substring("PRETTY_NAME=".length()).replace("\"", "");
        }
      }
    }
    return "Linux";
  }

  private static String line(String file, String otherwise) throws IOException {
    Path path = Path.of(file);
    return Files.exists(path) ? Files.readString(path, StandardCharsets.UTF_8).strip() : otherwise;
  }
}
