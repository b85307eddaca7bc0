package dev.naru.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the machine must offer, checked before anything is created: one sentence for each lack. */
public final class Preflight {
  /** Base images, build caches and one version of an application need about this much. */
  private static final long FREE_BYTES_MIN = 3L << 30;

  /** What runs already is started again as long as its state and logs find room. */
  private static final long RESTART_FREE_BYTES_MIN = 64L << 20;

  private static final List<String> COMMANDS = List.of("runc", "conmon", "nft", "ip", "git");

  private Preflight() {}

  /**
   * @throws ServerException {@code SERVER_NOT_ROOT}, {@code SERVER_NO_OVERLAY}, {@code
   *     SERVER_NO_TOOL} or {@code SERVER_DISK_FULL}; nothing has been changed
   */
  public static void check(Path data) throws IOException {
    Optional<ServerException> lack = lack(Machine.here(data));
    if (lack.isPresent()) {
      throw lack.get();
    }
  }

  /**
   * What counts of a machine.
   *
   * @param fileSystems as /proc/filesystems has them
   * @param commands those of {@link #COMMANDS} that it has
   * @param place where the data directory is, or will be
   * @param freeBytes that a file there may still take
   * @param installed whether the data directory has been used before
   */
  record Machine(
      String user,
      String fileSystems,
      Set<String> commands,
      Path place,
      long freeBytes,
      boolean installed) {
    Machine {
      commands = Set.copyOf(commands);
    }

    static Machine here(Path data) throws IOException {
      Path place = data.toAbsolutePath();
      while (!Files.exists(place) && place.getParent() != null) {
        place = place.getParent();
      }
      return new Machine(
          System.getProperty("user.name"),
          Files.readString(Path.of("/proc/filesystems")),
          COMMANDS.stream().filter(c -> onPath(c).isPresent()).collect(Collectors.toSet()),
          place,
          Files.getFileStore(place).getUsableSpace(),
          Files.exists(new DataDir(data).stateDb()));
    }
  }

  static Optional<ServerException> lack(Machine machine) {
    if (!machine.user().equals("root")) {
      return Optional.of(
          new ServerException(
              "SERVER_NOT_ROOT",
              "Naru needs root on this machine (namespaces, mounts, nftables); run it with sudo"));
    }
    if (!machine.fileSystems().contains("overlay")) {
      return Optional.of(
          new ServerException(
              "SERVER_NO_OVERLAY",
              "The kernel offers no overlayfs, which containers' file systems need; run: modprobe overlay"));
    }
    for (String command : COMMANDS) {
      if (!machine.commands().contains(command)) {
        return Optional.of(
            new ServerException(
                "SERVER_NO_TOOL",
                "The command '"
                    + command
                    + "' is missing; run: apt-get install runc conmon nftables iproute2 git"));
      }
    }
    if (machine.installed()) {
      return machine.freeBytes() >= RESTART_FREE_BYTES_MIN
          ? Optional.empty()
          : Optional.of(
              new ServerException(
                  "SERVER_DISK_FULL",
                  "The disk of %s is full (%d MiB free, at least %d are needed for state and logs); free some space there and start again"
                      .formatted(
                          machine.place(),
                          machine.freeBytes() >> 20,
                          RESTART_FREE_BYTES_MIN >> 20)));
    }
    if (machine.freeBytes() < FREE_BYTES_MIN) {
      return Optional.of(
          new ServerException(
              "SERVER_DISK_FULL",
              String.format(
                  Locale.ROOT,
                  "%s has %.1f GiB free but images and builds need %.1f GiB; free some space or choose another place with --data",
                  machine.place(),
                  machine.freeBytes() / (double) (1 << 30),
                  FREE_BYTES_MIN / (double) (1 << 30))));
    }
    return Optional.empty();
  }

  /** One sentence when the gateway could not have the port that it wanted. */
  public static Optional<String> otherPort(int wanted, int port) {
    return wanted == port
        ? Optional.empty()
        : Optional.of(
            "Port "
                + wanted
                + " is taken by another program (ss -ltnp shows which), so the gateway listens on "
                + port
                + "; to move it back, stop that program, then: naru down && naru start");
  }

  /**
   * The first of {@code ports} that nobody listens on, on every address.
   *
   * @throws ServerException {@code SERVER_PORT_TAKEN} when all are taken
   */
  public static int freePort(String what, int... ports) {
    for (int port : ports) {
      if (isFree(port)) {
        return port;
      }
    }
    throw new ServerException(
        "SERVER_PORT_TAKEN",
        "Port "
            + ports[ports.length - 1]
            + " for the "
            + what
            + " is taken by another program; stop it (ss -ltnp shows which) or set another port in "
            + NaruConfig.FILE);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[4]), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  private static Optional<Path> onPath(String tool) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/sbin:/sbin";
    for (String directory : path.split(":", -1)) {
      Path file = Path.of(directory, tool);
      if (!directory.isEmpty() && Files.isExecutable(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }
}
