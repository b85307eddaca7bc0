package dev.naru.pipeline.lang;

/**
 * What Jenkins' Groovy 2.4 accepts and the parser here refuses, rewritten without moving anything:
 * a doubled comma in a call's arguments, a condition before a list ({@code a ?[b] : c}, which new
 * Groovy reads as a safe index), a byte order mark.
 */
final class OldGroovy {
  private OldGroovy() {}

  static String rewritten(String text, SourceScan scan) {
    StringBuilder out = null;
    for (int comma : scan.doubledCommas()) {
      out = out == null ? new StringBuilder(text) : out;
      out.setCharAt(comma, ' ');
    }
    for (int question : scan.listChoices()) {
      out = out == null ? new StringBuilder(text) : out;
      out.setCharAt(question - 1, '?');
      out.setCharAt(question, ' ');
    }
    if (text.startsWith("\ufeff")) {
      out = out == null ? new StringBuilder(text) : out;
      out.setCharAt(0, ' ');
    }
    return out == null ? text : out.toString();
  }
}
