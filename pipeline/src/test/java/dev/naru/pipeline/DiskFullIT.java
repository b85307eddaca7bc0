package dev.naru.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.base.DiskFull;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run's journal and log on a disk that gets full, and has room again. Needs root. */
class DiskFullIT {
  private static final int DISK_MIB = 4;
  private static final int RECORDS_MAX = 1_000;

  /** Longer than a page, so that a part of it finds room. */
  private static final String VALUE = "v".repeat(6_000);

  @TempDir Path dir;
  private SmallDisk disk;

  @BeforeEach
  void mount() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "a mount needs root");
    disk = SmallDisk.mount(dir.resolve("disk"), DISK_MIB);
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void theJournalHasWhatWasAppendedBeforeAndAfter() throws Exception {
    Path file = disk.root().resolve("journal");
    List<Integer> kept = new ArrayList<>();
    try (Journal journal = Journal.open(file)) {
      fillUnderWay();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < RECORDS_MAX; i++) {
                  journal.append(record(i), true);
                  kept.add(i);
                }
              })
          .matches(DiskFull::is);
      disk.free();
      journal.append(record(RECORDS_MAX), true);
      kept.add(RECORDS_MAX);
    }
    try (Journal journal = Journal.open(file)) {
      assertThat(journal.records()).extracting(r -> r.path("id").asInt()).isEqualTo(kept);
    }
  }

  @Test
  void theLogGoesOnWhereItWas() throws Exception {
    byte[] piece = (VALUE + "\n").getBytes(StandardCharsets.UTF_8);
    List<String> stage = List.of("Build");
    int kept = 0;
    try (RunLog log = RunLog.open(disk.root())) {
      fillUnderWay();
      int[] written = {0};
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < RECORDS_MAX; i++) {
                  log.append(1, stage, piece, (i + 1L) * piece.length, 0);
                  written[0]++;
                }
              })
          .matches(DiskFull::is);
      kept = written[0];
      assertThat(log.read(1).orElse(0)).isEqualTo((long) kept * piece.length);
      disk.free();
      log.append(1, stage, piece, (kept + 1L) * piece.length, 0);
    }
    assertThat(RunLog.textOf(disk.root())).hasSize((kept + 1L) * piece.length);
    try (RunLog log = RunLog.open(disk.root())) {
      assertThat(log.read(1)).hasValue((kept + 1L) * piece.length);
    }
  }

  /** Leaves room for a few pieces, so that the disk gets full in the middle of one. */
  private void fillUnderWay() throws Exception {
    Path spare = disk.root().resolve("spare");
    Files.write(spare, new byte[10 * VALUE.length()]);
    disk.fill();
    Files.delete(spare);
  }

  private static ObjectNode record(int id) {
    return Journal.JSON.createObjectNode().put("id", id).put("v", VALUE);
  }
}
