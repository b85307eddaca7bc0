package dev.naru.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkersTest {
  @Test
  void neverMoreThanTheBound() throws InterruptedException {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (Workers workers = new Workers("t", 3)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        all.add(
            workers.run(
                () -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  Thread.onSpinWait();
                  running.decrementAndGet();
                }));
      }
      for (Future<?> f : all) {
        Workers.join(f);
      }
    }
    assertThat(most.get()).isBetween(1, 3);
  }

  @Test
  void closeInterruptsAndWaits() throws InterruptedException {
    AtomicBoolean interrupted = new AtomicBoolean();
    CountDownLatch started = new CountDownLatch(1);
    Workers workers = new Workers("t", 1);
    workers.run(
        () -> {
          started.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.set(true);
          }
        });
    started.await();
    workers.close();
    assertThat(interrupted).isTrue();
  }

  @Test
  void joinUnwraps() {
    try (Workers workers = new Workers("t", 1)) {
      Future<Object> failed =
          workers.submit(
              () -> {
                throw new IOException("gone");
              });
      assertThatThrownBy(() -> Workers.join(failed)).hasRootCauseMessage("gone");
    }
  }
}
