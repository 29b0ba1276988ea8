package io.dormouse.engine;

import io.dormouse.engine.hibernation.LevelCalibration;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.spi.NextUseForecaster;

/**
 * All that the past says of the future. Immutable.
 *
 * @param nextUse when classes are wanted next
 * @param levels how long entering and waking takes
 */
public record Forecasts(NextUseForecaster nextUse, LevelCalibration levels) {
  /** Nothing is known: prices and formulas decide alone. */
  public static final Forecasts NONE =
      new Forecasts(NextUseForecaster.none(), LevelCalibration.none());

  /** After a change of the cluster. */
  public Forecasts observe(SnapshotDelta delta) {
    return new Forecasts(nextUse.observe(delta), levels);
  }

  /** With other measures of the levels. */
  public Forecasts withLevels(LevelCalibration measured) {
    return new Forecasts(nextUse, measured);
  }
}
