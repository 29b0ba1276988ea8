package io.dormouse.cli.up.ledger;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run came to.
 *
 * @param name {@code baseline} or {@code engine}
 * @param metrics by the contract's names, in its order; null where the run did not exercise it
 * @param costs the parts of the metric of that name
 * @param proofs states that were proved, right or wrong
 */
public record RunReport(
    String name, Map<String, @Nullable Number> metrics, Costs costs, int proofs) {
  /** Copies the metrics. */
  public RunReport {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /** A metric, or 0 where it is null. */
  public double valueOrZero(String metric) {
    if (!metrics.containsKey(metric)) {
      throw new IllegalArgumentException("There is no metric %s.".formatted(metric));
    }
    Number value = metrics.get(metric);
    return value == null ? 0 : value.doubleValue();
  }

  /** Whether every task ended and every woken instance was what it had been. */
  public boolean isSound() {
    double wakes =
        valueOrZero("wakes_l1")
            + valueOrZero("wakes_l2")
            + valueOrZero("wakes_l3")
            + valueOrZero("wakes_l4");
    return valueOrZero("tasks_lost") == 0
        && valueOrZero("state_mismatches") == 0
        && valueOrZero("double_runs") == 0
        && proofs >= wakes;
  }
}
