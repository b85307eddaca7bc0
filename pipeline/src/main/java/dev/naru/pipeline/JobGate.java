package dev.naru.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The runs of each job in their order, for files that allow only one at a time. */
final class JobGate {
  private final Map<String, List<String>> jobs = new HashMap<>();

  /** Enters; true when no other run of the job is there. */
  synchronized boolean enter(String job, String run) {
    List<String> runs = jobs.computeIfAbsent(job, j -> new ArrayList<>());
    runs.add(run);
    return runs.size() == 1;
  }

  synchronized void leave(String job, String run) {
    List<String> runs = jobs.get(job);
    if (runs != null) {
      runs.remove(run);
      if (runs.isEmpty()) {
        jobs.remove(job);
      }
    }
    notifyAll();
  }

  /** Makes those that wait look again whether they are to give up. */
  synchronized void wake() {
    notifyAll();
  }

  /**
   * Waits until {@code run} is the first of its job.
   *
   * @param givenUp looked at after each {@link #wake}
   * @param waitsFor hears which run is in front, when it changes
   */
  synchronized void await(
      String job, String run, BooleanSupplier givenUp, Consumer<String> waitsFor)
      throws InterruptedException {
    String told = "";
    while (!givenUp.getAsBoolean()) {
      List<String> runs = jobs.getOrDefault(job, List.of());
      int index = runs.indexOf(run);
      if (index <= 0) {
        return;
      }
      String before = runs.get(index - 1);
      if (!before.equals(told)) {
        told = before;
        waitsFor.accept(before);
      }
      wait();
    }
  }
}
