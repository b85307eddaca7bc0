package dev.naru.pipeline.lang;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Host} answers.
 *
 * @param call the id of the call that is answered; 0 for {@link Abort}
 */
public record Answer(long call, Reply reply) {
  public sealed interface Reply {}

  /** The call's value: null, Boolean, Number, String, and Lists and Maps of these. */
  public record Value(@Nullable Object value) implements Reply {}

  /** The call failed; scripts see an exception with this message. */
  public record Failed(String message) implements Reply {}

  /** Not the answer of a call: the whole run is to end as ABORTED. */
  public record Abort(String reason) implements Reply {}

  public static Answer value(long call, @Nullable Object value) {
    return new Answer(call, new Value(value));
  }

  public static Answer failed(long call, String message) {
    return new Answer(call, new Failed(message));
  }

  public static Answer abort(String reason) {
    return new Answer(0, new Abort(reason));
  }
}
