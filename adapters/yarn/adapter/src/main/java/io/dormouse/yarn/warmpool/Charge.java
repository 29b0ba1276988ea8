package io.dormouse.yarn.warmpool;

import io.dormouse.engine.spi.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Who decides on a pool's instances: a controller for as long as it says so again and again, else
 * the pool itself. Leaders older than the newest that was heard are refused. Not thread-safe.
 */
final class Charge {
  /** Longest time that a controller may be silent. */
  static final Duration LEASE_MAX = Duration.ofMinutes(10);

  private Epoch highest = new Epoch(0, 0);
  private Instant until = Instant.MIN;

  /** Why a leader is refused; empty where it is not, and then no older one is heard any more. */
  Optional<String> refusal(Epoch leader) {
    if (leader.compareTo(highest) < 0) {
      return Optional.of("A newer leader, of epoch (%s), has been seen.".formatted(highest));
    }
    highest = leader;
    return Optional.empty();
  }

  /** The leader that was heard last decides until then. */
  void take(Instant limit) {
    until = limit;
  }

  boolean isTaken(Instant now) {
    return now.isBefore(until);
  }
}
