package io.dormouse.learning;

import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;

/**
 * What is known of one class. Changes at its arrivals only.
 *
 * @param id the class
 * @param lastArrival when its newest task came
 * @param gaps the times between its tasks
 * @param calibration how good forecasts of it were
 */
record ClassGaps(
    WorkloadClassId id, Instant lastArrival, GapHistogram gaps, Calibration calibration) {
  static ClassGaps first(WorkloadClassId id, Instant at) {
    return new ClassGaps(id, at, GapHistogram.empty(), Calibration.NONE);
  }

  ClassGaps withLastArrival(Instant at) {
    return new ClassGaps(id, at, gaps, calibration);
  }
}
