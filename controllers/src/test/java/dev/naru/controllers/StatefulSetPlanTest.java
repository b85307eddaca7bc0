package dev.naru.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatefulSetPlanTest {
  /**
   * Pods by ordinal: H healthy, u unhealthy, t terminating, f finished, - absent; small o before
   * one marks the old revision.
   */
  @ParameterizedTest
  @CsvSource({
    "3, Ordered,  Rolling,  0, '',       +0n",
    "3, Ordered,  Rolling,  0, 'u',      ''",
    "3, Ordered,  Rolling,  0, 'H',      +1n",
    "3, Ordered,  Rolling,  0, 'H H H',  ''",
    "3, Parallel, Rolling,  0, '',       +0n +1n +2n",
    "3, Parallel, Rolling,  0, 'u - u',  +1n",
    "3, Ordered,  Rolling,  0, 'H f H',  -1",
    "3, Ordered,  Rolling,  0, 'H t H',  ''",
    "1, Ordered,  Rolling,  0, 'H H H',  -2",
    "1, Ordered,  Rolling,  0, 'H H t',  ''",
    "1, Parallel, Rolling,  0, 'H H H',  -2 -1",
    "0, Ordered,  Rolling,  0, 'u',      -0",
    "3, Ordered,  Rolling,  0, 'oH oH oH', -2",
    "3, Ordered,  Rolling,  0, 'oH oH u',  ''",
    "3, Ordered,  Rolling,  0, 'oH oH H',  -1",
    "3, Ordered,  Rolling,  2, 'oH oH H',  ''",
    "3, Ordered,  Rolling,  2, 'oH oH',    +2n",
    "3, Ordered,  Rolling,  2, 'oH',       +1o",
    "3, Ordered,  OnDelete, 0, 'oH oH oH', ''",
    "3, Ordered,  OnDelete, 0, 'oH oH',    +2n",
    "3, Parallel, Rolling,  0, 'oH oH ot', ''",
  })
  void steps(
      int replicas, String policy, String strategy, int partition, String pods, String expected) {
    StatefulSetPlan.Wanted wanted =
        new StatefulSetPlan.Wanted(
            0,
            replicas,
            policy.equals("Parallel"),
            strategy.equals("Rolling"),
            partition,
            "o",
            "n");
    List<String> actions =
        StatefulSetPlan.plan(wanted, members(pods)).stream()
            .map(
                action ->
                    switch (action) {
                      case StatefulSetPlan.Action.Create c -> "+" + c.ordinal() + c.revision();
                      case StatefulSetPlan.Action.Delete d -> "-" + d.ordinal();
                    })
            .toList();
    assertThat(String.join(" ", actions)).isEqualTo(expected);
  }

  private static List<StatefulSetPlan.Member> members(String pods) {
    List<StatefulSetPlan.Member> members = new ArrayList<>();
    if (pods.isEmpty()) {
      return members;
    }
    String[] states = pods.split(" ");
    for (int ordinal = 0; ordinal < states.length; ordinal++) {
      String state = states[ordinal];
      if (!state.equals("-")) {
        members.add(
            new StatefulSetPlan.Member(
                ordinal,
                state.startsWith("o") ? "o" : "n",
                state.endsWith("t"),
                state.endsWith("f"),
                state.endsWith("H")));
      }
    }
    return members;
  }
}
