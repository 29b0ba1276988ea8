package io.dormouse.yarn.plugin;

/** Doubles the pause after each failure, up to a maximum. Used by one thread. */
final class Backoff {
  private final long firstMillis;
  private final long mostMillis;
  private long nextMillis;

  Backoff(long firstMillis, long mostMillis) {
    this.firstMillis = firstMillis;
    this.mostMillis = mostMillis;
    this.nextMillis = firstMillis;
  }

  void succeeded() {
    nextMillis = firstMillis;
  }

  /** How long to pause after this failure, in milliseconds. */
  long failed() {
    long pause = nextMillis;
    nextMillis = Math.min(mostMillis, nextMillis * 2);
    return pause;
  }
}
