package dev.naru.pipeline.lang;

/** What methods ask the {@link Host} for. */
interface World {
  long nowMillis(Position at);

  /** A random number out of all 64-bit numbers. */
  long random(Position at);
}
