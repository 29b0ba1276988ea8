package io.dormouse.engine.spi;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The wall clock's time at the start, and from there on what has passed since: steps of the wall
 * clock neither hold anything back nor let anything expire. Thread-safe.
 */
public final class SteadyClock implements InstantSource {
  private final Instant start;
  private final LongSupplier nanoTime;
  private final long startNanos;

  private SteadyClock(Instant start, LongSupplier nanoTime) {
    this.start = start;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
  }

  /** Begins now. */
  public static SteadyClock start() {
    return of(InstantSource.system(), System::nanoTime);
  }

  /**
   * Begins now.
   *
   * @param wall asked once
   * @param nanoTime nanoseconds since any moment, never going back
   */
  static SteadyClock of(InstantSource wall, LongSupplier nanoTime) {
    return new SteadyClock(wall.instant(), nanoTime);
  }

  @Override
  public Instant instant() {
    return start.plus(Duration.ofNanos(nanoTime.getAsLong() - startNanos));
  }
}
