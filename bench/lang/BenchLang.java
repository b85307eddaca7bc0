package dev.naru.pipeline.lang;

import groovy.lang.GroovyShell;
import groovy.lang.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;

/**
 * The interpreter beside Groovy's own dynamic code on the same loops, and the memory of paused
 * runs: {@code BenchLang <rounds> <paused runs>}.
 */
final class BenchLang {
  private static final int TURNS = 200_000;
  private static final Limits LIMITS =
      new Limits(
          Long.MAX_VALUE, 1_000, 200, 100, Long.MAX_VALUE, Duration.ofHours(1));

  private static final Map<String, String> LOOPS = new LinkedHashMap<>();

  static {
    LOOPS.put("sum", "def s = 0\nfor (int i = 0; i < 200000; i++) { s += i % 7 }\ns");
    LOOPS.put("list", "def l = []\nfor (int i = 0; i < 200000; i++) { l << i }\nl.size()");
    LOOPS.put(
        "closure",
        "def f = { it + 1 }\ndef s = 0\nfor (int i = 0; i < 200000; i++) { s = f(s) }\ns");
    LOOPS.put(
        "map", "def m = [:]\nfor (int i = 0; i < 200000; i++) { m[i % 100] = i }\nm.size()");
    LOOPS.put(
        "text", "def n = 0\nfor (int i = 0; i < 200000; i++) { n += \"v${i}\".length() }\nn");
    LOOPS.put(
        "method", "def f(n) { n + 1 }\ndef s = 0\nfor (int i = 0; i < 200000; i++) { s = f(s) }\ns");
  }

  /** Answers everything with nothing, or, when {@code paused}, never. */
  private static final class Silent implements Host {
    private final BlockingQueue<Answer> answers = new ArrayBlockingQueue<>(1_000);
    private final CountDownLatch waiting = new CountDownLatch(1);
    private final boolean paused;

    Silent(boolean paused) {
      this.paused = paused;
    }

    @Override
    public void begin(HostCall call) {
      if (!paused) {
        answers.add(Answer.value(call.id(), null));
      }
    }

    @Override
    public void cancel(long id, String reason) {}

    @Override
    public Answer take() throws InterruptedException {
      waiting.countDown();
      return answers.take();
    }
  }

  private BenchLang() {}

  public static void main(String[] args) throws InterruptedException {
    int rounds = Integer.parseInt(args[0]);
    System.out.printf(
        "%-8s %14s %14s %8s   (turns of the loop a second, median)%n",
        "loop", "naru", "groovy", "ratio");
    for (Map.Entry<String, String> loop : LOOPS.entrySet()) {
      Jenkinsfile file = Jenkinsfile.parse("bench", loop.getValue()).file().orElseThrow();
      Script script = new GroovyShell().parse(loop.getValue());
      double[] ours = new double[rounds];
      double[] theirs = new double[rounds];
      for (int i = -2; i < rounds; i++) {
        long start = System.nanoTime();
        Outcome outcome = Interpreter.run(file, info(), new Silent(false), LIMITS);
        long middle = System.nanoTime();
        script.run();
        long end = System.nanoTime();
        if (outcome.result() != Result.SUCCESS) {
          throw new IllegalStateException(loop.getKey() + ": " + outcome);
        }
        if (i >= 0) {
          ours[i] = TURNS / ((middle - start) / 1e9);
          theirs[i] = TURNS / ((end - middle) / 1e9);
        }
      }
      System.out.printf(
          Locale.ROOT,
          "%-8s %,14.0f %,14.0f %8.3f%n",
          loop.getKey(),
          median(ours),
          median(theirs),
          median(ours) / median(theirs));
    }
    paused(Integer.parseInt(args[1]));
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static RunInfo info() {
    return new RunInfo(Map.of(), Map.of(), Optional.empty());
  }

  /** Runs that wait for an answer in the middle of a script, with some variables around. */
  private static void paused(int count) throws InterruptedException {
    String text =
        """
        def services = (1..50).collect { [name: "service-${it}", tags: ['a', 'b']] }
        def byName = services.collectEntries { [it.name, it] }
        def wait(n) { n == 0 ? echo('waiting') : wait(n - 1) }
        wait(10)
        """;
    Jenkinsfile file = Jenkinsfile.parse("bench", text).file().orElseThrow();
    long before = heap();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Silent host = new Silent(true);
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      Interpreter.run(file, info(), host, LIMITS);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
      host.waiting.await();
    }
    long after = heap();
    System.out.printf(
        Locale.ROOT,
        "paused   %,d bytes of heap a run (%d runs; each branch has a thread besides)%n",
        (after - before) / count,
        count);
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join();
    }
  }

  private static long heap() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
