package dev.naru.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RollingPlanTest {
  @ParameterizedTest
  @CsvSource({
    "10, 25%, 25%, 3, 2",
    "4,  25%, 25%, 1, 1",
    "1,  25%, 25%, 1, 0",
    "3,  0,   0,   0, 1",
    "3,  0%,  10%, 0, 1",
    "3,  1,   0,   1, 0",
    "2,  100%,100%,2, 2",
    "2,  5,   5,   5, 2",
    "0,  1,   1,   1, 0",
  })
  void surgeIsRoundedUpUnavailableDownAndBothZeroIsOne(
      int replicas, String surge, String unavailable, int maxSurge, int maxUnavailable) {
    assertThat(RollingPlan.Limits.of(replicas, value(surge), value(unavailable)))
        .isEqualTo(new RollingPlan.Limits(maxSurge, maxUnavailable));
  }

  private static IntOrString value(String text) {
    return text.endsWith("%") ? new IntOrString(text) : new IntOrString(Integer.parseInt(text));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // wanted, surge, unavailable | new (wanted/available) | old (wanted/available) | step
        "3, 1, 0,  0, 0,  3, 3,  new=1",
        "3, 1, 0,  1, 0,  3, 3,  -",
        "3, 1, 0,  1, 1,  3, 3,  old=2",
        "3, 1, 0,  1, 1,  2, 2,  new=2",
        "3, 1, 0,  3, 3,  1, 1,  old=0",
        "3, 0, 1,  0, 0,  3, 3,  old=2",
        "3, 0, 1,  0, 0,  2, 2,  new=1",
        "3, 1, 1,  1, 0,  3, 3,  old=2",
        "3, 1, 0,  1, 0,  3, 2,  -",
        "3, 1, 0,  4, 3,  0, 0,  new=3",
        "10, 3, 2, 3, 0,  10, 10, old=8",
        // Old pods that never were available go although nothing new is ready.
        "3, 1, 0,  1, 1,  3, 0,  old=2",
      })
  void steps(
      int wanted,
      int surge,
      int unavailable,
      int fresh,
      int freshAvailable,
      int old,
      int oldAvailable,
      String expected) {
    Map<String, Integer> step =
        RollingPlan.roll(
            wanted,
            new RollingPlan.Limits(surge, unavailable),
            set("new", 1, fresh, freshAvailable),
            List.of(set("old", 0, old, oldAvailable)));
    assertThat(step)
        .isEqualTo(
            expected == null
                ? Map.of()
                : Map.of(expected.substring(0, 3), Integer.valueOf(expected.substring(4))));
  }

  @Test
  void nothingIsGivenUpOnAReportOfBefore() {
    assertThat(
            RollingPlan.roll(
                3,
                new RollingPlan.Limits(1, 0),
                set("new", 1, 1, 1),
                List.of(new RollingPlan.Set("old", 0, 3, 3, false, Optional.empty()))))
        .isEmpty();
  }

  @Test
  void proportionalScalingKeepsTheShares() {
    // The documentation's example: 10 + 3 surge, 8 old and 5 new, scaled to 15.
    List<RollingPlan.Set> sets =
        List.of(
            new RollingPlan.Set("old", 0, 8, 8, true, Optional.of(13)),
            new RollingPlan.Set("new", 1, 5, 0, true, Optional.of(13)));
    assertThat(RollingPlan.proportional(15, new RollingPlan.Limits(3, 2), 13, sets))
        .isEqualTo(Map.of("old", 11, "new", 7));
    assertThat(RollingPlan.proportional(0, new RollingPlan.Limits(0, 0), 13, sets))
        .isEqualTo(Map.of("old", 0, "new", 0));
  }

  /** Random pods that turn ready and fail; whatever happens, the limits hold and it ends. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233})
  void everyRolloutKeepsItsLimitsAndEnds(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      int wanted = 1 + random.nextInt(12);
      RollingPlan.Limits limits =
          RollingPlan.Limits.of(
              wanted, new IntOrString(random.nextInt(4)), new IntOrString(random.nextInt(4)));
      List<int[]> sets = new ArrayList<>();
      sets.add(new int[] {wanted, wanted});
      sets.add(new int[] {0, 0});
      int steps = 0;
      while (sets.get(1)[1] < wanted || sets.get(0)[0] > 0) {
        assertThat(steps++).as("seed %d round %d", seed, round).isLessThan(1000);
        Map<String, Integer> step =
            RollingPlan.roll(
                wanted,
                limits,
                set("new", 1, sets.get(1)[0], sets.get(1)[1]),
                List.of(set("old", 0, sets.get(0)[0], sets.get(0)[1])));
        resize(sets.get(0), step.getOrDefault("old", sets.get(0)[0]));
        resize(sets.get(1), step.getOrDefault("new", sets.get(1)[0]));
        assertThat(sets.get(0)[0] + sets.get(1)[0]).isLessThanOrEqualTo(wanted + limits.surge());
        assertThat(sets.get(0)[1] + sets.get(1)[1])
            .isGreaterThanOrEqualTo(wanted - limits.unavailable());
        int[] fresh = sets.get(1);
        if (fresh[1] < fresh[0] && random.nextBoolean()) {
          fresh[1]++;
        }
      }
    }
  }

  /** Unready pods go first, as a ReplicaSet does it. */
  private static void resize(int[] set, int replicas) {
    set[0] = replicas;
    set[1] = Math.min(set[1], replicas);
  }

  private static RollingPlan.Set set(String name, int order, int replicas, int available) {
    return new RollingPlan.Set(name, order, replicas, available, true, Optional.empty());
  }
}
