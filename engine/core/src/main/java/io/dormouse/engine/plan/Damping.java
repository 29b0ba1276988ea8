package io.dormouse.engine.plan;

import io.dormouse.engine.Cycle;
import io.dormouse.engine.model.Instance;

/**
 * Rest between two moves of one instance that nobody waits for, so that it does not bounce between
 * levels. Each move begins a new phase; the time in it is the rest.
 */
public final class Damping {
  private Damping() {}

  /** Whether the instance has been in its phase for the cooldown. */
  public static boolean isRested(Cycle cycle, Instance instance) {
    return !instance.phaseSince().plus(cycle.config().cooldown()).isAfter(cycle.now());
  }
}
