package io.dormouse.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.hibernation.LevelCalibration;
import io.dormouse.engine.hibernation.LevelCost;
import io.dormouse.engine.hibernation.LevelCosts;
import io.dormouse.engine.hibernation.LevelTable;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.spi.NextUseForecaster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What learning is worth on arrivals with a pattern, and what it costs on those without. */
class ForecastPaysTest {
  private static final EngineConfig CONFIG =
      EngineConfig.DEFAULT.withBeat(Duration.ofSeconds(60)).withCooldown(Duration.ZERO);

  /** A day of a task each half an hour, more or less. */
  private static List<Double> halfHourly() {
    Random random = new Random(11);
    List<Double> arrivals = new ArrayList<>();
    for (double at = 0; at < 86_400; at += 1_800 * (0.95 + 0.1 * random.nextDouble())) {
      arrivals.add(at);
    }
    return arrivals;
  }

  /** Gaps over almost five orders of magnitude. */
  private static List<Double> patternless() {
    Random random = new Random(12);
    List<Double> arrivals = new ArrayList<>();
    double at = 0;
    for (int i = 0; i < 40; i++) {
      arrivals.add(at);
      at += StrictMath.pow(10, 4.5 * random.nextDouble());
    }
    return arrivals;
  }

  private static double learned(List<Double> arrivals) {
    LearnedNextUse nextUse = LearnedNextUse.create(LearningSettings.DEFAULT);
    return PlayedSite.costUsd(CONFIG, nextUse, arrivals);
  }

  private static double envelope(List<Double> arrivals) {
    return PlayedSite.costUsd(CONFIG, NextUseForecaster.none(), arrivals);
  }

  /** Kept awake for ten minutes, then ended: what most platforms do. */
  private static double keepAlive(List<Double> arrivals) {
    LevelTable table = table();
    LevelCost awake = table.get(0);
    LevelCost gone = table.get(table.indexOf(HibernationLevel.TERMINATED));
    double cost = 0;
    for (int i = 1; i < arrivals.size(); i++) {
      double gap = arrivals.get(i) - arrivals.get(i - 1);
      double kept = Math.min(gap, 600);
      cost += awake.holding().usdPerHour() * kept / 3_600;
      cost += gap > 600 ? gone.wake().usd() : 0;
    }
    return cost;
  }

  private static double clairvoyant(List<Double> arrivals) {
    double cost = 0;
    for (int i = 1; i < arrivals.size(); i++) {
      cost += table().clairvoyantUsd(arrivals.get(i) - arrivals.get(i - 1));
    }
    return cost;
  }

  private static LevelTable table() {
    return new LevelCosts(CONFIG, LevelCalibration.none(), 1)
        .table(PlayedSite.CLASS, PlayedSite.SIZE_BYTES, 0.01);
  }

  @Test
  void costsLessThanTheEnvelopeAndThanKeepAliveWhereThereIsAPattern() {
    List<Double> arrivals = halfHourly();
    double learned = learned(arrivals);

    assertThat(learned).isLessThan(0.7 * envelope(arrivals));
    assertThat(learned).isLessThan(0.5 * keepAlive(arrivals));
    assertThat(learned(arrivals)).isEqualTo(learned);
  }

  @Test
  void costsLittleMoreThanTheEnvelopeWhereThereIsNone() {
    List<Double> arrivals = patternless();

    assertThat(learned(arrivals)).isLessThan(1.25 * envelope(arrivals));
    assertThat(envelope(arrivals)).isLessThan(3 * clairvoyant(arrivals));
  }
}
