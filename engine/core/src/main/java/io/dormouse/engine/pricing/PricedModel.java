package io.dormouse.engine.pricing;

import com.google.common.collect.ImmutableMap;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.MoneyRate;
import java.time.Duration;

/**
 * The pinned model of every study and of the costs that {@code up} reports: sections {@code
 * prices}, {@code hibernation} and {@code up} of {@code scenarios.yaml}. Sizes are in GiB.
 *
 * @param prices what resources cost; a price of the section {@code hibernation} replaces the
 *     general one
 * @param dials what each dial level means; all five
 * @param levels L1 to L4
 * @param coldStartSeconds how long a start takes where none was measured
 * @param upTimeScale trace seconds per wall second in {@code up}; at least 1
 * @param baselineKeepAlive how long {@code up}'s baseline keeps an idle worker, in trace time
 */
public record PricedModel(
    Prices prices,
    ImmutableMap<Dial, DialSetting> dials,
    ImmutableMap<HibernationLevel, LevelModel> levels,
    double coldStartSeconds,
    double upTimeScale,
    Duration baselineKeepAlive) {
  /** Checks that nothing is missing. */
  public PricedModel {
    Checks.atLeast("coldStartSeconds", coldStartSeconds, 0);
    Checks.atLeast("upTimeScale", upTimeScale, 1);
    Checks.atLeast("baselineKeepAliveMillis", (double) baselineKeepAlive.toMillis(), 1);
    for (Dial dial : Dial.values()) {
      requirePresent("dial level", dial.label(), dials.containsKey(dial));
    }
    for (HibernationLevel level : HibernationLevel.values()) {
      boolean priced = level != HibernationLevel.AWAKE && level != HibernationLevel.TERMINATED;
      requirePresent("level", level.name(), !priced || levels.containsKey(level));
    }
  }

  /** The model that ships with the product, equal to its {@code scenarios.yaml}. */
  public static PricedModel reference() {
    return ReferenceModel.MODEL;
  }

  /** What a dial level means. */
  public DialSetting dial(Dial dial) {
    DialSetting setting = dials.get(dial);
    if (setting == null) {
      throw new IllegalStateException("The dial level %s is missing.".formatted(dial));
    }
    return setting;
  }

  /** The model of a level from L1 to L4. */
  public LevelModel level(HibernationLevel level) {
    LevelModel model = levels.get(level);
    if (model == null) {
      throw new IllegalArgumentException("The level %s has no model.".formatted(level));
    }
    return model;
  }

  /**
   * What an idle instance costs at a level.
   *
   * @param sizeGib its resident size
   * @param idleCoreFraction share of a core that it burns while awake and idle
   */
  public MoneyRate holding(HibernationLevel level, double sizeGib, double idleCoreFraction) {
    return switch (level) {
      case AWAKE ->
          new MoneyRate(
              prices.ramUsdPerGibHour() * sizeGib + prices.coreUsdPerHour() * idleCoreFraction);
      case TERMINATED -> MoneyRate.ZERO;
      default -> new MoneyRate(usdPerGibHour(level(level)) * sizeGib);
    };
  }

  /** What memory of a size costs. */
  public MoneyRate memory(double sizeGib) {
    return new MoneyRate(prices.ramUsdPerGibHour() * sizeGib);
  }

  /** What one core and the memory of an instance cost while it changes its level. */
  public MoneyRate busy(double sizeGib) {
    return new MoneyRate(prices.coreUsdPerHour() + prices.ramUsdPerGibHour() * sizeGib);
  }

  private double usdPerGibHour(LevelModel level) {
    return level.ramShare() * prices.ramUsdPerGibHour()
        + level.objectShare() * prices.objectUsdPerGibHour()
        + level.nvmeShare() * prices.nvmeUsdPerGibHour();
  }

  private static void requirePresent(String kind, String name, boolean present) {
    if (!present) {
      throw new IllegalArgumentException(
          "The %s %s must have a value in the model.%nMaybe its line is missing in scenarios.yaml."
              .formatted(kind, name));
    }
  }
}
