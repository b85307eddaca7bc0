package dev.naru.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreTest {
  private static final Resource.Table TABLE = new Resource.Table("", "things");

  @TempDir Path directory;

  private static ObjectNode thing(String name) {
    ObjectNode thing = Json.object().put("kind", "Thing").put("apiVersion", "v1");
    thing.putObject("metadata").put("name", name);
    return thing;
  }

  @Test
  void oneOfManyRacingWritersWins() throws Exception {
    try (Store store = new Store(directory.resolve("s.db"), 16);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Stored base = store.put(TABLE, "/a", null, thing("a"));
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        all.add(threads.submit(() -> store.put(TABLE, "/a", base, thing("a")) != null));
      }
      int won = 0;
      for (Future<Boolean> one : all) {
        won += one.get() ? 1 : 0;
      }
      assertThat(won).isEqualTo(1);
      assertThat(store.state().version()).isEqualTo(2);
    }
  }

  @Test
  void theRingForgetsAndSaysSo() throws Exception {
    try (Store store = new Store(directory.resolve("s.db"), 4)) {
      for (int i = 0; i < 10; i++) {
        store.put(TABLE, "/t" + i, null, thing("t" + i));
      }
      WatchRing ring = store.ring(TABLE);
      assertThat(ring.after(6, Duration.ZERO))
          .extracting("version")
          .containsExactly(7L, 8L, 9L, 10L);
      assertThat(ring.after(10, Duration.ZERO)).isEmpty();
      assertThatThrownBy(() -> ring.after(5, Duration.ZERO))
          .isInstanceOfSatisfying(
              StatusException.class, e -> assertThat(e.status()).isEqualTo(410));
    }
  }

  @Test
  void aStateIsOnePicture() {
    try (Store store = new Store(directory.resolve("s.db"), 4)) {
      store.put(TABLE, "b/1", null, thing("1"));
      store.put(TABLE, "b-c/1", null, thing("1"));
      store.put(TABLE, "a/1", null, thing("1"));
      State before = store.state();
      Stored gone = before.get(TABLE, "b", "1");
      assertThat(gone).isNotNull();
      store.delete(TABLE, "b/1", java.util.Objects.requireNonNull(gone), thing("1"));
      assertThat(before.list(TABLE, "b")).hasSize(1);
      assertThat(store.state().list(TABLE, "b")).isEmpty();
      assertThat(store.state().list(TABLE, "b-c")).hasSize(1);
      assertThat(store.state().list(TABLE, "")).hasSize(2);
    }
  }

  @Test
  void versionsGoOnAfterAReopenEvenWhenTheNewestObjectIsGone() {
    Path file = directory.resolve("s.db");
    try (Store store = new Store(file, 4)) {
      Stored a = store.put(TABLE, "/a", null, thing("a"));
      assertThat(a).isNotNull();
      store.delete(TABLE, "/a", java.util.Objects.requireNonNull(a), thing("a"));
    }
    try (Store store = new Store(file, 4)) {
      assertThat(store.state().version()).isEqualTo(2);
      Stored b = store.put(TABLE, "/b", null, thing("b"));
      assertThat(b).extracting(Stored::version).isEqualTo(3L);
    }
  }

  @Test
  void quantitiesHaveOneText() {
    for (String[] pair :
        new String[][] {
          {"0.5", "500m"},
          {"1000m", "1"},
          {"1500m", "1500m"},
          {"1024Mi", "1Gi"},
          {"1.5Gi", "1536Mi"},
          {"2000", "2k"},
          {"0", "0"},
          {"1", "1"},
          {"100Mi", "100Mi"},
          {".1", "100m"}
        }) {
      assertThat(Quantities.canonical(pair[0])).isEqualTo(pair[1]);
      assertThat(Quantities.canonical(pair[1])).isEqualTo(pair[1]);
      assertThat(Quantities.compare(pair[0], pair[1])).isZero();
    }
    assertThatThrownBy(() -> Quantities.canonical("1 Mi"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
