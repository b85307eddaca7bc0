package dev.naru.pipeline.lang;

/** What a stage or a run came to. A result only worsens; the order here is from good to bad. */
public enum Result {
  SUCCESS,
  UNSTABLE,
  FAILURE,
  NOT_BUILT,
  ABORTED;

  public boolean worseThan(Result other) {
    return compareTo(other) > 0;
  }

  Result and(Result other) {
    return other.worseThan(this) ? other : this;
  }
}
