package io.dormouse.learning;

import java.time.Duration;
import java.time.Instant;

/**
 * How long arrivals have been watched.
 *
 * @param first the oldest arrival
 * @param newest the newest
 */
record Watch(Instant first, Instant newest) {
  /** Before the first arrival. */
  static final Watch NONE = new Watch(Instant.MAX, Instant.MIN);

  Watch with(Instant at) {
    return new Watch(at.isBefore(first) ? at : first, at.isAfter(newest) ? at : newest);
  }

  double seconds() {
    return first.isAfter(newest) ? 0 : seconds(first, newest);
  }

  static double seconds(Instant from, Instant to) {
    Duration gap = Duration.between(from, to);
    return gap.getSeconds() + gap.getNano() / 1e9;
  }
}
