package io.dormouse.engine.hibernation;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Money;
import io.dormouse.engine.model.MoneyRate;
import java.time.Duration;

/**
 * What it costs to be at a level and to come back from it, and how long it takes to get there.
 *
 * @param level the level
 * @param holding per hour of wall time, at least 0
 * @param wakeLatency from the wish to useful work; ZERO for AWAKE
 * @param wakeWait what it is worth that somebody waits that long, at least 0
 * @param wakeBusy the core and memory that waking takes, at least 0
 * @param entryLatency from AWAKE until it can be woken from there
 */
public record LevelCost(
    HibernationLevel level,
    MoneyRate holding,
    Duration wakeLatency,
    Money wakeWait,
    Money wakeBusy,
    Duration entryLatency) {
  /** Checks that nothing is negative. */
  public LevelCost {
    if (holding.usdPerHour() < 0
        || wakeLatency.isNegative()
        || wakeWait.usd() < 0
        || wakeBusy.usd() < 0
        || entryLatency.isNegative()) {
      throw new IllegalArgumentException(
          "The costs of level %s (%s, %s, %s, %s, %s) must not be negative."
              .formatted(level, holding, wakeLatency, wakeWait, wakeBusy, entryLatency));
    }
  }

  /** The whole cost of a wake. */
  public Money wake() {
    return wakeWait.plus(wakeBusy);
  }
}
