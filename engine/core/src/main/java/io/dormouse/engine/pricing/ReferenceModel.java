package io.dormouse.engine.pricing;

import com.google.common.collect.ImmutableMap;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.MoneyRate;
import java.time.Duration;

/** The numbers of {@code scenarios.yaml}; a test holds the two equal. */
final class ReferenceModel {
  static final PricedModel MODEL =
      new PricedModel(
          new Prices(0.005, 0.04, 0.00025, 0.0001),
          ImmutableMap.of(
              Dial.THRIFTY, dial(2, 0.1),
              Dial.FRUGAL, dial(1.5, 0.3),
              Dial.BALANCED, dial(1.25, 1),
              Dial.QUICK, dial(1.1, 3),
              Dial.SWIFT, dial(1, 10)),
          ImmutableMap.of(
              HibernationLevel.L1_RETAINED,
                  new LevelModel(LinearSeconds.ZERO, seconds(0.01, 0), 1, 0, 0),
              HibernationLevel.L2_DATA_SNAPSHOT,
                  new LevelModel(seconds(0.1, 0.8), seconds(0.3, 0.8), 0.6, 0.4, 0),
              HibernationLevel.L3_FULL_SNAPSHOT,
                  new LevelModel(seconds(0.1, 2), seconds(0.2, 2), 0, 1, 0),
              HibernationLevel.L4_KERNEL_SNAPSHOT,
                  new LevelModel(seconds(0.05, 0.5), seconds(0.1, 0.5), 0, 1, 1)),
          3.6,
          60,
          Duration.ofMinutes(10));

  private ReferenceModel() {}

  private static DialSetting dial(double k, double usdPerHour) {
    return new DialSetting(k, new MoneyRate(usdPerHour));
  }

  private static LinearSeconds seconds(double base, double perGib) {
    return new LinearSeconds(base, perGib);
  }
}
