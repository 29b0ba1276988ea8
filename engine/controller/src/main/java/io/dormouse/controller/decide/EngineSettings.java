package io.dormouse.controller.decide;

import io.dormouse.controller.config.ControllerConfig;
import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.Forecasts;
import io.dormouse.engine.hibernation.LevelCalibration;
import io.dormouse.learning.LearnedNextUse;
import io.dormouse.learning.LearningSettings;
import java.io.IOException;

/** The engine's settings from the controller's configuration. */
public final class EngineSettings {
  private EngineSettings() {}

  /**
   * What the engine is told.
   *
   * @throws IOException if the model of prices can't be read or understood
   */
  public static EngineConfig of(ControllerConfig config) throws IOException {
    EngineConfig engine =
        EngineConfig.DEFAULT
            .withVersion(config.version())
            .withDial(config.dial())
            .withLevels(config.levels())
            .withTimeScale(config.timeScale())
            .withBeat(config.beat())
            .withCooldown(config.cooldown());
    return config.scenarios().isPresent()
        ? engine.withModel(ScenariosFile.read(config.scenarios().get()))
        : engine;
  }

  /** Forecasts that have learned nothing yet. */
  public static Forecasts forecasts() {
    return new Forecasts(LearnedNextUse.create(LearningSettings.DEFAULT), LevelCalibration.none());
  }
}
