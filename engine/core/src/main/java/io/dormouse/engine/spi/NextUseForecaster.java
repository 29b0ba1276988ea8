package io.dormouse.engine.spi;

import io.dormouse.engine.hibernation.NextUse;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Optional;

/**
 * Forecasts when a class is wanted next. Immutable: a pure function of the arrivals it has seen, in
 * their order, so that a decision can be replayed bit for bit.
 */
public interface NextUseForecaster {
  /** Knows nothing and forecasts nothing. */
  static NextUseForecaster none() {
    return new NoForecaster();
  }

  /** The forecaster after one arrival more. */
  NextUseForecaster observe(SnapshotDelta.Arrival arrival);

  /** The forecaster after all arrivals of a delta. */
  default NextUseForecaster observe(SnapshotDelta delta) {
    NextUseForecaster next = this;
    for (SnapshotDelta.Arrival arrival : delta.arrivals()) {
      next = next.observe(arrival);
    }
    return next;
  }

  /**
   * When the class is wanted next, as seen at {@code now}. Its {@link NextUse#trust} changes at
   * arrivals of the class only, so that it is fixed within an idle period.
   *
   * @return empty where nothing can be said: the lower envelope decides then
   */
  Optional<NextUse> nextUse(WorkloadClassId workloadClass, Instant now);

  /** Names the kind and settings of the model, as decisions record it. */
  String modelVersion();
}
