package dev.naru.pipeline.lang;

/** The binary operators, by their Groovy symbols. */
public enum BinaryOp {
  PLUS("+"),
  MINUS("-"),
  TIMES("*"),
  DIVIDE("/"),
  REMAINDER("%"),
  POWER("**"),
  AND("&&"),
  OR("||"),
  EQUAL("=="),
  NOT_EQUAL("!="),
  IDENTICAL("==="),
  NOT_IDENTICAL("!=="),
  LESS("<"),
  LESS_EQUAL("<="),
  GREATER(">"),
  GREATER_EQUAL(">="),
  COMPARE("<=>"),
  FIND("=~"),
  MATCH("==~"),
  IN("in"),
  NOT_IN("!in"),
  SHIFT_LEFT("<<"),
  SHIFT_RIGHT(">>"),
  SHIFT_RIGHT_UNSIGNED(">>>"),
  BIT_AND("&"),
  BIT_OR("|"),
  BIT_XOR("^"),
  ELVIS("?:");

  private final String symbol;

  BinaryOp(String symbol) {
    this.symbol = symbol;
  }

  String symbol() {
    return symbol;
  }
}
