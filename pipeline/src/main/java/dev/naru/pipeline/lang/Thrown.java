package dev.naru.pipeline.lang;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What travels up through script code. */
abstract sealed class Thrown extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private transient @Nullable Position innermost;
  private String file = "";
  private transient @Nullable Position site;

  private Thrown(@Nullable String message) {
    super(message, null, false, false);
  }

  final String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  /** Notes, on its way up, a statement that it leaves; {@code path} is empty in the Jenkinsfile. */
  final void passed(Position at, String path) {
    if (innermost == null) {
      innermost = at;
      file = path;
    }
    if (site == null && path.isEmpty()) {
      site = at;
    }
  }

  /** Where it happened, as well as it is known. */
  Position at() {
    return innermost == null ? Position.START : innermost;
  }

  /** Where it happened in the Jenkinsfile, or what there led to it. */
  final Position site() {
    return file.isEmpty() ? at() : site == null ? Position.START : site;
  }

  /** The message, with the place when that is in a file of a library. */
  final String report() {
    return file.isEmpty() ? text() : file + ":" + at() + ": " + text();
  }

  /** Whether it has a message, as one that a script makes without one has not. */
  final boolean hasMessage() {
    return getMessage() != null;
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
    private transient @Nullable ScriptObject object;
    private transient @Nullable Object cause;

    Failure(String type, @Nullable String message, Position at, String step, List<String> stage) {
      super(message);
      this.type = type;
      this.at = at;
      this.step = step;
      this.stage = List.copyOf(stage);
    }

    /** An error of script code itself; the runner adds the stage. */
    static Failure of(String type, @Nullable String message, Position at) {
      return new Failure(type, message, at, "", List.of());
    }

    /** What was thrown when it is an object of a class of the script. */
    static Failure of(ScriptObject object, @Nullable String message, Position at) {
      Failure failure = of(object.typeName(), message, at);
      failure.object = object;
      return failure;
    }

    Failure causedBy(@Nullable Object wrapped) {
      cause = wrapped;
      return this;
    }

    @Override
    @Nullable Object wrapped() {
      return cause;
    }

    @Override
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

    @Override
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

  /** The exception that this one wraps. */
  @Nullable Object wrapped() {
    return null;
  }

  /** Whether {@code catch (wanted e)} takes this. */
  final boolean isA(String wanted) {
    if (this instanceof Limit) {
      return false;
    }
    return (this instanceof Failure failure && failure.object != null)
        ? failure.object.isA(wanted)
        : ExceptionTypes.isA(type(), wanted);
  }

  /** What a script holds after {@code catch}. */
  final ScriptValue caught() {
    return this instanceof Failure failure && failure.object != null
        ? failure.object
        : new Caught(this);
  }

  static boolean isKnownType(@Nullable String type) {
    return ExceptionTypes.isKnown(type);
  }

  /** An exception of a known class, as a script holds it. */
  record Caught(Thrown thrown) implements ScriptValue {
    private static final TreeSet<String> PROPERTIES =
        new TreeSet<>(
            List.of("message", "localizedMessage", "cause", "causes", "result", "stackTrace"));
    private static final TreeSet<String> METHODS =
        new TreeSet<>(
            List.of(
                "getMessage",
                "getLocalizedMessage",
                "getCause",
                "getCauses",
                "getResult",
                "getStackTrace",
                "getSuppressed",
                "printStackTrace",
                "toString",
                "equals",
                "hashCode",
                "is",
                "asBoolean"));

    @Override
    public boolean hasProperty(String name) {
      return PROPERTIES.contains(name);
    }

    @Override
    public @Nullable Object property(String name, Position at) {
      return switch (name) {
        case "message", "localizedMessage" -> thrown.hasMessage() ? thrown.text() : null;
        case "cause" -> thrown.wrapped();
        case "stackTrace", "suppressed" -> new ArrayList<>();
        case "causes" -> new ArrayList<>(List.of(thrown.text()));
        case "result" -> thrown.result().name();
        default -> throw ScriptValue.noProperty(name, qualified(), PROPERTIES, at);
      };
    }

    @Override
    public void setProperty(String name, @Nullable Object value, Position at) {
      throw ScriptValue.noProperty(name, qualified(), List.of(), at);
    }

    @Override
    public boolean hasMethod(String name) {
      return METHODS.contains(name);
    }

    @Override
    public @Nullable Object call(String name, Arguments arguments, Position at) {
      List<@Nullable Object> args = arguments.asList();
      return switch (name) {
        case "printStackTrace" -> null;
        case "toString" -> toString();
        case "equals", "is" -> !args.isEmpty() && equals(args.getFirst());
        case "hashCode" -> text().hashCode();
        case "asBoolean" -> true;
        default -> {
          if (!METHODS.contains(name)) {
            throw Methods.unknown(name, qualified(), METHODS, at);
          }
          yield property(Character.toLowerCase(name.charAt(3)) + name.substring(4), at);
        }
      };
    }

    private String text() {
      return thrown.text();
    }

    private String qualified() {
      return ExceptionTypes.qualified(thrown.type());
    }

    @Override
    public String typeName() {
      return thrown.type();
    }

    @Override
    public boolean isA(String type) {
      return thrown.isA(type);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Caught caught && caught.thrown == thrown;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(thrown);
    }

    @Override
    public String toString() {
      return thrown.hasMessage() ? qualified() + ": " + thrown.text() : qualified();
    }
  }
}
