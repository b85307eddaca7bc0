package dev.naru.node;

import dev.naru.node.net.NetworkConfig;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What names this node on the machine, and its bounds. Two nodes whose configurations share no name
 * and no directory run beside each other.
 *
 * @param name the Node object's name; pods whose {@code spec.nodeName} is this are run
 * @param dataDir holds {@code pods/} and {@code volumes/}; must survive a reboot
 * @param runDir runtime state, useless after a reboot; at most 40 characters long
 * @param cgroup parent of all control groups, one name after a slash
 * @param drainMax how long requests in flight may take when a pod ends; it comes before, and is not
 *     part of, the grace period
 * @param startsMax containers set up at a time
 * @param logMaxBytes a container's log that grows beyond it starts anew
 * @param hostScratchMaxBytes size of the writable layer over the machine's own root, on kernels
 *     that refuse to keep it on disk
 * @param podsMax the Node's capacity of pods
 */
public record NodeConfig(
    String name,
    Path dataDir,
    Path runDir,
    String cgroup,
    NetworkConfig network,
    Duration drainMax,
    int startsMax,
    long logMaxBytes,
    long hostScratchMaxBytes,
    int podsMax) {
  private static final long MIB = 1L << 20;

  /**
   * @throws IllegalArgumentException when a value has the wrong shape
   */
  public NodeConfig {
    check(name.matches("[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?"), "name", name);
    check(dataDir.isAbsolute(), "dataDir", dataDir);
    check(runDir.isAbsolute() && runDir.toString().length() <= 40, "runDir", runDir);
    check(cgroup.matches("/[A-Za-z0-9][A-Za-z0-9_-]{0,62}"), "cgroup", cgroup);
    check(!drainMax.isNegative(), "drainMax", drainMax);
    check(startsMax > 0, "startsMax", startsMax);
    check(logMaxBytes >= MIB, "logMaxBytes", logMaxBytes);
    check(hostScratchMaxBytes >= MIB, "hostScratchMaxBytes", hostScratchMaxBytes);
    check(podsMax > 0, "podsMax", podsMax);
  }

  /** The one node of a machine, with its data below {@code dataDir}. */
  public static NodeConfig of(String name, Path dataDir) {
    return new NodeConfig(
        name,
        dataDir,
        Path.of("/run/naru"),
        "/naru",
        NetworkConfig.DEFAULT,
        Duration.ofSeconds(30),
        8,
        50 * MIB,
        2048 * MIB,
        110);
  }

  Path pods() {
    return dataDir.resolve("pods");
  }

  Path volumes() {
    return dataDir.resolve("volumes");
  }

  private static void check(boolean good, String what, Object value) {
    if (!good) {
      throw new IllegalArgumentException("node " + what + " cannot be '" + value + "'");
    }
  }
}
