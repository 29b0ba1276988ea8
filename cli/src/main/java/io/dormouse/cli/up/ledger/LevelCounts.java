package io.dormouse.cli.up.ledger;

import io.dormouse.engine.model.HibernationLevel;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hibernations and wakes by level. Not thread-safe. */
final class LevelCounts {
  private static final Map<HibernationLevel, String> NAMES =
      new EnumMap<>(
          Map.of(
              HibernationLevel.L1_RETAINED, "l1",
              HibernationLevel.L2_DATA_SNAPSHOT, "l2",
              HibernationLevel.L3_FULL_SNAPSHOT, "l3",
              HibernationLevel.L4_KERNEL_SNAPSHOT, "l4"));

  private final Map<HibernationLevel, Integer> hibernations = new EnumMap<>(HibernationLevel.class);
  private final Map<HibernationLevel, Quantiles> wakes = new EnumMap<>(HibernationLevel.class);

  void hibernated(HibernationLevel level) {
    hibernations.merge(level, 1, Integer::sum);
  }

  void woken(HibernationLevel level, java.time.Duration took) {
    wakes.computeIfAbsent(level, unused -> new Quantiles()).add(took);
  }

  /** Adds the contract's metrics; a level that was never reached is null. */
  void addTo(Map<String, @Nullable Number> metrics) {
    NAMES.forEach((level, name) -> metrics.put("hibernations_" + name, hibernations.get(level)));
    NAMES.forEach((level, name) -> metrics.put("wakes_" + name, count(level)));
    NAMES.forEach(
        (level, name) -> {
          metrics.put("wake_" + name + "_p50_seconds", seconds(level, 0.5));
          metrics.put("wake_" + name + "_p99_seconds", seconds(level, 0.99));
        });
  }

  private @Nullable Integer count(HibernationLevel level) {
    Quantiles quantiles = wakes.get(level);
    return quantiles == null ? null : quantiles.count();
  }

  private @Nullable Double seconds(HibernationLevel level, double quantile) {
    Quantiles quantiles = wakes.get(level);
    return quantiles == null ? null : quantiles.seconds(quantile);
  }
}
