package io.dormouse.controller.decide;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dormouse.controller.config.ControllerConfig;
import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.Forecasts;
import io.dormouse.engine.hibernation.LevelCalibration;
import io.dormouse.engine.pricing.PricedModel;
import io.dormouse.engine.pricing.PricedModelReader;
import io.dormouse.learning.LearnedNextUse;
import io.dormouse.learning.LearningSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The engine's settings from the controller's configuration. */
public final class EngineSettings {
  private static final long SCENARIOS_BYTES_MAX = 1 << 20;

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
        ? engine.withModel(model(config.scenarios().get()))
        : engine;
  }

  /** Forecasts that have learned nothing yet. */
  public static Forecasts forecasts() {
    return new Forecasts(LearnedNextUse.create(LearningSettings.DEFAULT), LevelCalibration.none());
  }

  private static PricedModel model(Path file) throws IOException {
    if (Files.size(file) > SCENARIOS_BYTES_MAX) {
      throw new IOException(
          "The scenarios file (%s) must be at most %d bytes.%nMaybe another file was named."
              .formatted(file, SCENARIOS_BYTES_MAX));
    }
    try {
      return PricedModelReader.read(new YAMLMapper().readValue(file.toFile(), Map.class));
    } catch (JsonProcessingException | IllegalArgumentException malformed) {
      throw new IOException(
          "The scenarios file (%s) can't be used: %s%nMaybe compare it with the one that the product ships."
              .formatted(file, malformed.getMessage()),
          malformed);
    }
  }
}
