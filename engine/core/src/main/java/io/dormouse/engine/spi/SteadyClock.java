package io.dormouse.engine.spi;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The time of day when it was made, and how much has passed since: unlike the machine's clock it is
 * never set back or forward. Thread-safe.
 */
public final class SteadyClock implements InstantSource {
  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();

  @Override
  public Instant instant() {
    return start.plusNanos(System.nanoTime() - startNanos);
  }
}
