package io.dormouse.checkpoint.engines;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something that only shows in files, looking more and more rarely. */
final class Waiting {
  private static final long FIRST_NANOS = 200_000;
  private static final long LONGEST_NANOS = 10_000_000;

  private Waiting() {}

  /** Whether the condition came true in time. An interrupt ends the wait and stays set. */
  static boolean until(BooleanSupplier condition, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    long pause = FIRST_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
        return condition.getAsBoolean();
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(pause * 2, LONGEST_NANOS);
    }
    return true;
  }
}
