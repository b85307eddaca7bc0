package dev.naru.gateway;

/** An exchange without a natural end: a tunnel after an upgrade, or an event stream. */
interface LongStream {
  /** Asks for an orderly end, from any thread; a second call does nothing. */
  void goAway();
}
