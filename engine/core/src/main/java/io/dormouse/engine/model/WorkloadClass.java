package io.dormouse.engine.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What the engine knows of all instances of one class.
 *
 * @param id the class
 * @param request what the scheduler is asked for per instance
 * @param coldStart how long a start from nothing takes, smoothed; empty before the first
 * @param lastArrival when the newest task of the class came; empty before the first
 */
public record WorkloadClass(
    WorkloadClassId id,
    Resources request,
    Optional<Duration> coldStart,
    Optional<Instant> lastArrival) {
  /** The class after an arrival; an older one than is known changes nothing. */
  public WorkloadClass withArrival(Instant at) {
    if (lastArrival.isPresent() && !at.isAfter(lastArrival.get())) {
      return this;
    }
    return new WorkloadClass(id, request, coldStart, Optional.of(at));
  }
}
