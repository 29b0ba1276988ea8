package io.dormouse.engine.hibernation;

import io.dormouse.engine.Cycle;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.model.WorkloadClassId;
import java.util.HashMap;
import java.util.Map;

/**
 * The tables and envelopes of one cycle. Sizes are rounded up by less than 4 %, and idle core
 * fractions down by less than 7 %, so that instances alike share them. Not thread-safe.
 */
final class PricedLevels {
  private static final int SIZE_BITS = 6;
  private static final long FRACTION_MASK = -1L << 48;

  private final LevelCosts costs;
  private final Map<Key, Priced> priced = new HashMap<>();

  private PricedLevels(LevelCosts costs) {
    this.costs = costs;
  }

  static PricedLevels of(Cycle cycle) {
    double factor = MemoryPressure.factor(cycle.snapshot());
    return new PricedLevels(new LevelCosts(cycle.config(), cycle.forecasts().levels(), factor));
  }

  record Priced(LevelTable table, LowerEnvelope envelope) {}

  Priced of(WorkloadClass workloadClass, Instance instance) {
    return of(workloadClass, instance.residentBytes(), instance.idleCoreFraction());
  }

  Priced of(WorkloadClass workloadClass, long residentBytes, double idleCoreFraction) {
    Key key = new Key(workloadClass.id(), roundUp(residentBytes), roundDown(idleCoreFraction));
    Priced known = priced.get(key);
    if (known == null) {
      LevelTable table = costs.table(workloadClass, key.bytes, key.idleCoreFraction);
      known = new Priced(table, LowerEnvelope.of(table));
      priced.put(key, known);
    }
    return known;
  }

  /** The cost of one level, whether or not the configuration has it. */
  LevelCost level(WorkloadClass workloadClass, long residentBytes, HibernationLevel level) {
    return costs.level(workloadClass, roundUp(residentBytes), level);
  }

  static long roundUp(long bytes) {
    int drop = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(bytes) - SIZE_BITS);
    long mask = (1L << drop) - 1;
    return (bytes + mask) & ~mask;
  }

  static double roundDown(double fraction) {
    return Double.longBitsToDouble(Double.doubleToLongBits(fraction) & FRACTION_MASK);
  }

  private record Key(WorkloadClassId workloadClass, long bytes, double idleCoreFraction) {}
}
