package io.dormouse.cli.up.ledger;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstancePhase;
import java.util.Map;

/**
 * How many instances do what.
 *
 * @param byPhase all that ever were
 * @param hibernated those that are hibernated, by level
 * @param heldBytes memory that the scheduler holds for all
 */
public record InstanceCensus(
    Map<InstancePhase, Integer> byPhase,
    Map<HibernationLevel, Integer> hibernated,
    long heldBytes) {
  /** Copies the maps. */
  public InstanceCensus {
    byPhase = Map.copyOf(byPhase);
    hibernated = Map.copyOf(hibernated);
  }

  /** Instances in a phase. */
  public int in(InstancePhase phase) {
    return byPhase.getOrDefault(phase, 0);
  }

  /** Hibernated instances at a level. */
  public int at(HibernationLevel level) {
    return hibernated.getOrDefault(level, 0);
  }
}
