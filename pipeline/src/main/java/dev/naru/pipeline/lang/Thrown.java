package dev.naru.pipeline.lang;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What travels up through script code. */
abstract sealed class Thrown extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private Thrown(String message) {
    super(message, null, false, false);
  }

  final String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  /** The simple name of the exception class that scripts know this by. */
  abstract String type();

  /** The result that a stage or run gets when this is not caught. */
  abstract Result result();

  /** A failed step, an error of the script or what it threw. */
  static final class Failure extends Thrown {
    private static final long serialVersionUID = 1L;
    private final String type;
    private final transient Position at;
    private final String step;
    private final transient List<String> stage;

    Failure(String type, String message, Position at, String step, List<String> stage) {
      super(message);
      this.type = type;
      this.at = at;
      this.step = step;
      this.stage = List.copyOf(stage);
    }

    /** An error of script code itself; the runner adds the stage. */
    static Failure of(String type, String message, Position at) {
      return new Failure(type, message, at, "", List.of());
    }

    Position at() {
      return at;
    }

    String step() {
      return step;
    }

    List<String> stage() {
      return stage;
    }

    @Override
    String type() {
      return type;
    }

    @Override
    Result result() {
      return Result.FAILURE;
    }
  }

  /** The end of a branch from outside: a timeout, a failed sibling, a person. */
  static final class Interrupt extends Thrown {
    private static final long serialVersionUID = 1L;

    enum Cause {
      PERSON,
      TIMEOUT,
      FAIL_FAST
    }

    private final Cause cause;
    private final long timer;
    private final transient Position at;

    /**
     * @param at the step that set the bound, or the file's start
     * @param timer the timer call of a timeout that has not yet been reached on the way up, or 0
     */
    Interrupt(Cause cause, String message, Position at, long timer) {
      super(message);
      this.cause = cause;
      this.at = at;
      this.timer = timer;
    }

    Cause cause() {
      return cause;
    }

    Position at() {
      return at;
    }

    long timer() {
      return timer;
    }

    @Override
    String type() {
      return "FlowInterruptedException";
    }

    @Override
    Result result() {
      return Result.ABORTED;
    }
  }

  /** A bound was passed; scripts cannot catch this. */
  static final class Limit extends Thrown {
    private static final long serialVersionUID = 1L;

    Limit(String message) {
      super(message);
    }

    @Override
    String type() {
      return "Limit";
    }

    @Override
    Result result() {
      return Result.FAILURE;
    }
  }

  private static final Map<String, Set<String>> ABOVE =
      Map.of(
          "AbortException", Set.of("IOException", "Exception"),
          "FlowInterruptedException", Set.of("InterruptedException", "Exception"),
          "IOException", Set.of("Exception"),
          "FileNotFoundException", Set.of("IOException", "Exception"),
          "NumberFormatException",
              Set.of("IllegalArgumentException", "RuntimeException", "Exception"),
          "Exception", Set.of(),
          "PowerAssertionError", Set.of("AssertionError", "Error"),
          "AssertionError", Set.of("Error"),
          "Error", Set.of(),
          "Throwable", Set.of());

  /** Whether {@code catch (wanted e)} takes this. */
  final boolean isA(String wanted) {
    if (this instanceof Limit) {
      return false;
    }
    // A catch without a type takes what one of Exception takes.
    String type = wanted.equals("Object") ? "Exception" : wanted;
    Set<String> above = ABOVE.getOrDefault(type(), Set.of("RuntimeException", "Exception"));
    return type.equals("Throwable") || type.equals(type()) || above.contains(type);
  }

  /** The exception object that a script holds after {@code catch}. */
  record Caught(Thrown thrown) {
    @Override
    public String toString() {
      return thrown.type() + ": " + thrown.text();
    }
  }

  static boolean isKnownType(@Nullable String type) {
    return type != null
        && (type.endsWith("Exception") || type.endsWith("Error") || type.equals("Throwable"));
  }
}
