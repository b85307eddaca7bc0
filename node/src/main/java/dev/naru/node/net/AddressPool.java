package dev.naru.node.net;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * Which pod addresses are taken. Addresses are handed out in turn, so that a freed one rests for a
 * round of the whole network, and for at least {@link #REST_MIN} however small the network is.
 *
 * <p>Not thread-safe: {@link PodNetwork} holds its lock around every call.
 */
final class AddressPool {
  static final Duration REST_MIN = Duration.ofSeconds(30);

  private record Freed(int address, long atMillis) {}

  private final Cidr cidr;
  private final InstantSource clock;
  private final Set<Integer> taken = new HashSet<>();
  private final Queue<Freed> resting = new ArrayDeque<>();
  private int cursor;

  /**
   * @param start where in the network the search begins; a random number makes it unlikely that a
   *     restarted Naru hands out what it freed just before
   */
  AddressPool(Cidr cidr, String gateway, int start, InstantSource clock) {
    this.cidr = cidr;
    this.clock = clock;
    this.cursor = Math.floorMod(start, cidr.size());
    taken.add(cidr.network());
    taken.add(cidr.network() + cidr.size() - 1);
    taken.add(Cidr.address(gateway));
  }

  /** Marks an address found in use; outside of the network it is none of ours. */
  void adopt(int address) {
    if (cidr.contains(address)) {
      taken.add(address);
    }
  }

  /** A free address, or empty when every one is in use or resting. */
  Optional<Integer> take() {
    long now = clock.millis();
    for (Freed head = resting.peek();
        head != null && now - head.atMillis() >= REST_MIN.toMillis();
        head = resting.peek()) {
      taken.remove(head.address());
      resting.remove();
    }
    for (int i = 0; i < cidr.size(); i++) {
      cursor = (cursor + 1) % cidr.size();
      int address = cidr.network() + cursor;
      if (taken.add(address)) {
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }

  void free(int address) {
    resting.add(new Freed(address, clock.millis()));
  }
}
