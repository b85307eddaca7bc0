package dev.naru.pipeline.lang;

import java.util.Optional;

/**
 * The conditions of {@code post} in the order in which they run. Source: pipeline-model-definition,
 * the ordinals of its build conditions.
 */
enum PostKind {
  ALWAYS("always"),
  CHANGED("changed"),
  FIXED("fixed"),
  REGRESSION("regression"),
  ABORTED("aborted"),
  SUCCESS("success"),
  UNSUCCESSFUL("unsuccessful"),
  UNSTABLE("unstable"),
  FAILURE("failure"),
  NOT_BUILT("notBuilt"),
  CLEANUP("cleanup");

  private final String symbol;

  PostKind(String symbol) {
    this.symbol = symbol;
  }

  String symbol() {
    return symbol;
  }

  static PostKind of(String symbol) {
    for (PostKind kind : values()) {
      if (kind.symbol.equals(symbol)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no post condition '" + symbol + "'");
  }

  /**
   * Whether the condition holds.
   *
   * @param previous the result of the run before; empty on a first one
   */
  boolean holds(Result now, Optional<Result> previous) {
    return switch (this) {
      case ALWAYS, CLEANUP -> true;
      case CHANGED -> previous.isEmpty() || previous.get() != now;
      case FIXED ->
          now == Result.SUCCESS
              && previous.filter(p -> p == Result.FAILURE || p == Result.UNSTABLE).isPresent();
      case REGRESSION ->
          now != Result.SUCCESS
              && now != Result.NOT_BUILT
              && previous.filter(p -> now.worseThan(p)).isPresent();
      case ABORTED -> now == Result.ABORTED;
      case SUCCESS -> now == Result.SUCCESS;
      case UNSUCCESSFUL -> now != Result.SUCCESS;
      case UNSTABLE -> now == Result.UNSTABLE;
      case FAILURE -> now == Result.FAILURE;
      case NOT_BUILT -> now == Result.NOT_BUILT;
    };
  }
}
