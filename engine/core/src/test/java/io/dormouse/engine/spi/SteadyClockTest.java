package io.dormouse.engine.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void stepsOfTheWallClockChangeNothing() {
    AtomicReference<Instant> wall = new AtomicReference<>(START);
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    SteadyClock clock = SteadyClock.of(wall::get, nanos::get);

    wall.set(START.minus(Duration.ofHours(1)));
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(2));

    wall.set(START.plus(Duration.ofDays(1)));
    nanos.addAndGet(Duration.ofSeconds(3).toNanos());
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(5));
  }
}
