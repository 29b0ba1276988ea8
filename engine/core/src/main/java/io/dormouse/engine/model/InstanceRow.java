package io.dormouse.engine.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An instance with what a snapshot remembers of it.
 *
 * @param instance the instance as last reported
 * @param idleSince when it was last without work and awake: the beginning of the idle period that
 *     it is in, through all levels that it has sunk to since; its {@link Instance#phaseSince} where
 *     it is not in one
 */
public record InstanceRow(Instance instance, Instant idleSince) {
  /** The key of the row. */
  public InstanceId id() {
    return instance.id();
  }

  /** The row after a report: sinking, and failing to sink, goes on with the same idle period. */
  static InstanceRow after(@Nullable InstanceRow before, Instance now) {
    return new InstanceRow(
        now, before != null && before.goesOnWith(now) ? before.idleSince : now.phaseSince());
  }

  private boolean goesOnWith(Instance now) {
    boolean samePhase =
        now.phase() == instance.phase() && now.phaseSince().equals(instance.phaseSince());
    return samePhase
        || switch (now.phase()) {
          case HIBERNATING, HIBERNATED -> isIdlePeriod();
          case IDLE -> instance.phase() == InstancePhase.HIBERNATING;
          case STARTING, BUSY, WAKING, ENDED -> false;
        };
  }

  private boolean isIdlePeriod() {
    return switch (instance.phase()) {
      case IDLE, HIBERNATING, HIBERNATED -> true;
      case STARTING, BUSY, WAKING, ENDED -> false;
    };
  }
}
