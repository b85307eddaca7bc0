package dev.naru.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhereReportTest {
  @Test
  void theTableBeginsWithTheNewestPush() {
    List<String> lines =
        WhereReport.table(
            List.of(
                delivery("aaaaaaa", "2026-01-01T00:00:01.200Z"),
                delivery("bbbbbbb", "2026-01-01T00:00:01.900Z"),
                delivery("ccccccc", "2025-12-31T23:00:00.000Z")),
            Instant.parse("2026-01-01T00:02:00Z"));
    assertThat(lines).hasSize(4);
    assertThat(lines.subList(1, 4).stream().map(l -> l.substring(0, 7)))
        .containsExactly("bbbbbbb", "aaaaaaa", "ccccccc");
  }

  private static Delivery delivery(String commit, String pushedAt) {
    Delivery delivery = new Delivery();
    delivery.setSpec(
        new DeliverySpec("board", "main", Chain.id(commit), "", "A subject", "Jin", pushedAt));
    return delivery;
  }
}
