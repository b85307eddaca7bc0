package dev.naru.node.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class AddressPoolTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final InstantSource clock = now::get;

  @Test
  void neverHandsOutTwiceNorTheReservedOnes() {
    AddressPool pool = new AddressPool(Cidr.parse("10.0.0.0/29"), "10.0.0.1", 5, clock);
    pool.adopt(Cidr.address("10.0.0.4"));
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      taken.add(Cidr.text(pool.take().orElseThrow()));
    }
    assertThat(taken).containsExactlyInAnyOrder("10.0.0.2", "10.0.0.3", "10.0.0.5", "10.0.0.6");
    assertThat(pool.take()).isEmpty();
  }

  @Test
  void aFreedAddressRests() {
    AddressPool pool = new AddressPool(Cidr.parse("10.0.0.0/30"), "10.0.0.1", 0, clock);
    int only = pool.take().orElseThrow();
    pool.free(only);
    assertThat(pool.take()).isEmpty();
    now.set(Instant.EPOCH.plus(AddressPool.REST_MIN));
    assertThat(pool.take()).contains(only);
  }
}
