package dev.naru.gateway;

/** Something with deadlines, looked at on each tick of its event loop. */
interface Timed {
  void tick(long nowNanos);
}
