package io.dormouse.engine.hibernation;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.dormouse.engine.Cycle;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.model.WorkloadClassId;
import java.util.HashMap;
import java.util.Map;

/**
 * The tables and envelopes of one cycle, each over the levels that are both configured and within
 * the instance's reach. Sizes are rounded up by less than 4 %, and idle core fractions down by less
 * than 7 %, so that instances alike share them. Not thread-safe.
 */
final class PricedLevels {
  private static final int SIZE_BITS = 6;
  private static final long FRACTION_MASK = -1L << 48;

  private final LevelCosts costs;
  private final ImmutableSet<HibernationLevel> configured;
  private final Map<ImmutableSet<HibernationLevel>, ImmutableSet<HibernationLevel>> available =
      new HashMap<>();
  private final Map<Key, Priced> priced = new HashMap<>();

  private PricedLevels(LevelCosts costs, ImmutableSet<HibernationLevel> configured) {
    this.costs = costs;
    this.configured = configured;
  }

  static PricedLevels of(Cycle cycle) {
    double factor = MemoryPressure.factor(cycle.snapshot());
    return new PricedLevels(
        new LevelCosts(cycle.config(), cycle.forecasts().levels(), factor),
        cycle.config().levels());
  }

  record Priced(LevelTable table, LowerEnvelope envelope) {}

  Priced of(WorkloadClass workloadClass, Instance instance) {
    return of(
        workloadClass,
        instance.residentBytes(),
        instance.idleCoreFraction(),
        available.computeIfAbsent(instance.reachable(), this::within));
  }

  /** For an instance that is not there yet: it may get anywhere. */
  Priced ofFresh(WorkloadClass workloadClass) {
    return of(workloadClass, workloadClass.request().memoryBytes(), 0, configured);
  }

  private ImmutableSet<HibernationLevel> within(ImmutableSet<HibernationLevel> reachable) {
    return configured.stream()
        .filter(
            level ->
                level == HibernationLevel.AWAKE
                    || level == HibernationLevel.TERMINATED
                    || reachable.contains(level))
        .collect(Sets.toImmutableEnumSet());
  }

  private Priced of(
      WorkloadClass workloadClass,
      long residentBytes,
      double idleCoreFraction,
      ImmutableSet<HibernationLevel> levels) {
    Key key =
        new Key(workloadClass.id(), roundUp(residentBytes), roundDown(idleCoreFraction), levels);
    Priced known = priced.get(key);
    if (known == null) {
      LevelTable table = costs.table(workloadClass, key.bytes, key.idleCoreFraction, levels);
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

  private record Key(
      WorkloadClassId workloadClass,
      long bytes,
      double idleCoreFraction,
      ImmutableSet<HibernationLevel> levels) {}
}
