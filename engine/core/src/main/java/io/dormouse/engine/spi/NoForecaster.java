package io.dormouse.engine.spi;

import io.dormouse.engine.hibernation.NextUse;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Optional;

/** See {@link NextUseForecaster#none}. */
record NoForecaster() implements NextUseForecaster {
  @Override
  public NextUseForecaster observe(SnapshotDelta.Arrival arrival) {
    return this;
  }

  @Override
  public Optional<NextUse> nextUse(WorkloadClassId workloadClass, Instant now) {
    return Optional.empty();
  }

  @Override
  public String modelVersion() {
    return "none";
  }
}
