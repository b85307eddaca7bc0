package dev.naru.pipeline.lang;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TypeNamesTest {
  /** What a script may use is not refused as nowhere when the file is read. */
  @Test
  void knowsEachClassThatHasStaticsOrCanBeMade() {
    assertThat(TypeNames.known()).containsAll(Statics.types()).containsAll(Constructors.names());
  }
}
