package dev.naru.pipeline.lang;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.pipeline.lang.GroovyLexer.Kind;
import dev.naru.pipeline.lang.GroovyLexer.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GroovyLexerTest {
  static List<Path> files() throws IOException {
    return CorpusTest.files();
  }

  @ParameterizedTest
  @MethodSource("files")
  void everythingButWhiteSpaceIsInOneToken(Path file) throws IOException {
    String text = Files.readString(file);
    int at = 0;
    for (Token token : GroovyLexer.scan(text)) {
      assertThat(text.substring(at, token.from())).isBlank();
      assertThat(token.to()).isGreaterThan(token.from());
      at = token.to();
    }
    assertThat(text.substring(at)).isBlank();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "x = /a[(]b/ + c # /a[(]b/",
        "f(\\n /a}/) # /a}/",
        "a / b + c / d # `` ",
        "x = /a\\\\/b/ # /a\\\\/b/",
        "x = $/a'b/$ # $/a'b/$",
        "sh 'a\\\\'b' # 'a\\\\'b'",
        "sh \"a ${x ? \"}\" : '{'} b\" # \"a ${x ? \"}\" : '{'} b\"",
        "sh \"${[\\n 'a'\\n].join()}\" + z # \"${[\\n 'a'\\n].join()}\"",
        "sh \"${x\\n}\\n # \"${x",
        "sh 'open\\n} # 'open",
        "sh '''a\\n'b''' # '''a\\n'b'''"
      })
  void aStringIsFoundWhole(String written, String string) {
    String text = written.replace("\\n", "\n").replace("\\\\", "\\");
    List<String> strings =
        GroovyLexer.scan(text).stream()
            .filter(t -> t.kind() == Kind.STRING)
            .map(t -> text.substring(t.from(), t.to()))
            .toList();
    String wanted = string.strip().replace("\\n", "\n").replace("\\\\", "\\");
    assertThat(strings).isEqualTo(wanted.isEmpty() ? List.of() : List.of(wanted));
  }

  @Test
  void aHoleKnowsItsTokens() {
    Token string = GroovyLexer.scan("\"a ${b('c')} d\"").getFirst();
    Token hole = string.inside().getFirst();
    assertThat(hole.kind()).isEqualTo(Kind.HOLE);
    assertThat(hole.inside())
        .extracting(Token::kind)
        .containsExactly(Kind.NAME, Kind.OPEN, Kind.STRING, Kind.CLOSE);
  }
}
