package dev.naru.oci.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WordsTest {
  private static final Map<String, String> VARIABLES = Map.of("A", "1", "EMPTY", "", "B_2", "b c");

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "x$A ~ x1",
        "${A}y ~ 1y",
        "$AB. ~ .",
        "$B_2 ~ b c",
        "${NONE:-d} ~ d",
        "${EMPTY:-d} ~ d",
        "${EMPTY-d}. ~ .",
        "${NONE-$A} ~ 1",
        "${NONE:-${NONE:-deep}} ~ deep",
        "${A:+set} ~ set",
        "${EMPTY:+set}. ~ .",
        "${EMPTY+set} ~ set",
        "${A:?gone} ~ 1",
        "'$A' ~ $A",
        "\"$A 'x'\" ~ 1 'x'",
        "\\$A ~ $A",
        "\"\\$A \\\" \\n\" ~ $A \" \\n",
        "a\\ b ~ a b",
        "100$ ~ 100$",
        "$1x ~ x"
      })
  void expands(String text, String expected) {
    assertThat(Words.expand(text, '\\', VARIABLES)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "${NONE:?is needed} ~ variable NONE is not set: is needed",
        "${A ~ '${' without a variable's name and '}'",
        "${} ~ '${' without a variable's name and '}'",
        "${A:-x ~ '${' is not closed by '}'",
        "${A#x} ~ '${A#...}' is not supported",
        "'x ~ a single quote is not closed",
        "\"x ~ a double quote is not closed"
      })
  void saysWhatIsWrong(String text, String message) {
    assertThatThrownBy(() -> Words.expand(text, '\\', VARIABLES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "a  b\tc ~ [a, b, c]",
        "a=\"b c\" d='e f' ~ [a=\"b c\", d='e f']",
        "a=b\\ c d ~ [a=b\\ c, d]",
        "a=\"b\\\" c\" ~ [a=\"b\\\" c\"]"
      })
  void splits(String text, String expected) {
    assertThat(Words.split(text, '\\')).hasToString(expected);
  }
}
