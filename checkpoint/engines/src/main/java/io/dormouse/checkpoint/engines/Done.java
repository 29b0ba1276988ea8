package io.dormouse.checkpoint.engines;

import java.time.Duration;

/** Success without a value. */
public record Done(Duration took) {
  /** There was nothing to do. */
  static Outcome<Done> already() {
    return Outcome.ok(new Done(Duration.ZERO));
  }
}
