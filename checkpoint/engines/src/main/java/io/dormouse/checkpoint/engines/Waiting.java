package io.dormouse.checkpoint.engines;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something that only shows in files, looking more and more rarely. */
final class Waiting {
  private static final long FIRST_NANOS = 200_000;
  private static final long LONGEST_NANOS = 10_000_000;

  private Waiting() {}

  /**
   * Whether the condition came true in time. An interrupt ends the wait and stays set. A condition
   * that can't be told, see {@link Presence}, is not true yet.
   */
  static boolean until(BooleanSupplier condition, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    long pause = FIRST_NANOS;
    while (!isTrueForSure(condition)) {
      if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
        return isTrueForSure(condition);
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(pause * 2, LONGEST_NANOS);
    }
    return true;
  }

  private static boolean isTrueForSure(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (UncheckedIOException e) {
      // Look again.
      return false;
    }
  }

  /** The same, but an interrupt is put off until the wait is over: for what must not be left. */
  static boolean untilUninterrupted(BooleanSupplier condition, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        interrupted |= Thread.interrupted();
        Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        if (until(condition, left)) {
          return true;
        }
        if (System.nanoTime() - deadline >= 0) {
          return false;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
