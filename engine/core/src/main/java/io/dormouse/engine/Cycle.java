package io.dormouse.engine;

import io.dormouse.engine.model.ClusterSnapshot;
import java.time.Instant;

/**
 * What one decision is taken on.
 *
 * @param snapshot what is
 * @param forecasts what may come
 * @param config what the operator wants
 */
public record Cycle(ClusterSnapshot snapshot, Forecasts forecasts, EngineConfig config) {
  /** The moment of the decision. */
  public Instant now() {
    return snapshot.takenAt();
  }
}
