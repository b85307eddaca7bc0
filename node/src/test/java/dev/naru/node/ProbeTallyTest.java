package dev.naru.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.node.ProbeTally.Verdict;
import org.junit.jupiter.api.Test;

final class ProbeTallyTest {
  @Test
  void anEarlySuccessCountsAnEarlyFailureDoesNot() {
    ProbeTally tally = new ProbeTally(1, 1, false);
    assertThat(tally.add(false, false)).isEqualTo(Verdict.UNCHANGED);
    assertThat(tally.waitsForFirst()).isTrue();
    assertThat(tally.add(true, false)).isEqualTo(Verdict.GOOD);
    assertThat(tally.waitsForFirst()).isFalse();
  }

  @Test
  void failuresHaveToComeInARow() {
    ProbeTally tally = new ProbeTally(1, 2, true);
    assertThat(tally.add(false, true)).isEqualTo(Verdict.UNCHANGED);
    assertThat(tally.add(true, true)).isEqualTo(Verdict.UNCHANGED);
    assertThat(tally.add(false, true)).isEqualTo(Verdict.UNCHANGED);
    assertThat(tally.add(false, true)).isEqualTo(Verdict.BAD);
    assertThat(tally.add(true, true)).isEqualTo(Verdict.GOOD);
  }

  @Test
  void successesHaveToComeInARow() {
    ProbeTally tally = new ProbeTally(2, 1, false);
    assertThat(tally.add(true, true)).isEqualTo(Verdict.UNCHANGED);
    assertThat(tally.add(false, false)).isEqualTo(Verdict.UNCHANGED);
    assertThat(tally.add(true, true)).isEqualTo(Verdict.UNCHANGED);
    assertThat(tally.add(true, true)).isEqualTo(Verdict.GOOD);
  }
}
