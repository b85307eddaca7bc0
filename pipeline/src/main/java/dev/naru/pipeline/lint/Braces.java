package dev.naru.pipeline.lint;

/** The braces of the shell's <code>${…}</code>; those in quotes do not count. */
final class Braces {
  private Braces() {}

  /**
   * The offset after the closing brace of the one that is at {@code i}; the text's length when
   * there is none.
   */
  static int end(String text, int i) {
    int open = 0;
    char quote = 0;
    for (int at = i; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\' && quote != '\'') {
        at++;
      } else if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else {
        open += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (open == 0) {
          return at + 1;
        }
      }
    }
    return text.length();
  }
}
