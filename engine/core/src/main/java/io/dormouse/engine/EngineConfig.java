package io.dormouse.engine;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.plan.Budgets;
import io.dormouse.engine.pricing.Dial;
import io.dormouse.engine.pricing.DialSetting;
import io.dormouse.engine.pricing.PricedModel;
import java.time.Duration;

/**
 * What the operator sets. Immutable; the {@code with} methods make changed copies.
 *
 * @param version names this configuration; decisions carry it
 * @param model the prices and formulas
 * @param dial how waiting is weighed against money
 * @param timeScale seconds of holding per second of wall time: 1 in production, {@link
 *     PricedModel#upTimeScale} where a trace is played in less time
 * @param levels where instances may go; has AWAKE
 * @param trustMin λ_min: however good forecasts are, they are trusted no more than this; above 0 to
 *     1. The cost of sinking is at most 1 + 1/λ_min times the clairvoyant one's (see {@link
 *     io.dormouse.engine.hibernation.TrustBlend})
 * @param beat how long until the next decision if nothing happens
 * @param cooldown how long an instance rests between two moves that nobody waits for
 * @param demandHorizon how long a task would wait if nothing were done for it: what serving it is
 *     worth, unless even the best way to serve it costs more
 * @param budgets the most that one plan may do
 */
public record EngineConfig(
    String version,
    PricedModel model,
    Dial dial,
    double timeScale,
    ImmutableSet<HibernationLevel> levels,
    double trustMin,
    Duration beat,
    Duration cooldown,
    Duration demandHorizon,
    Budgets budgets) {
  /** What holds where nothing is set. */
  public static final EngineConfig DEFAULT =
      new EngineConfig(
          "default",
          PricedModel.reference(),
          Dial.BALANCED,
          1,
          Sets.immutableEnumSet(
              HibernationLevel.AWAKE,
              HibernationLevel.L1_RETAINED,
              HibernationLevel.L3_FULL_SNAPSHOT,
              HibernationLevel.TERMINATED),
          0.25,
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          Duration.ofMinutes(10),
          Budgets.DEFAULT);

  /** Checks the ranges. */
  public EngineConfig {
    if (!(timeScale > 0) || Double.isInfinite(timeScale)) {
      throw new IllegalArgumentException(
          "The timeScale (%s) must be positive.%nMaybe it was meant to be 1.".formatted(timeScale));
    }
    if (!(trustMin > 0 && trustMin <= 1)) {
      throw new IllegalArgumentException(
          "The trustMin (%s) must be above 0 and at most 1.%nMaybe a percentage was given."
              .formatted(trustMin));
    }
    if (!levels.contains(HibernationLevel.AWAKE)) {
      throw new IllegalArgumentException(
          "The levels (%s) must have AWAKE.%nMaybe only the levels below it were listed."
              .formatted(levels));
    }
    requireNotNegative("beat", beat);
    requireNotNegative("cooldown", cooldown);
    requireNotNegative("demandHorizon", demandHorizon);
  }

  /** What the dial level means. */
  public DialSetting dialSetting() {
    return model.dial(dial);
  }

  /** With another version name. */
  public EngineConfig withVersion(String changed) {
    return new EngineConfig(
        changed, model, dial, timeScale, levels, trustMin, beat, cooldown, demandHorizon, budgets);
  }

  /** With another model. */
  public EngineConfig withModel(PricedModel changed) {
    return new EngineConfig(
        version,
        changed,
        dial,
        timeScale,
        levels,
        trustMin,
        beat,
        cooldown,
        demandHorizon,
        budgets);
  }

  /** With another dial level. */
  public EngineConfig withDial(Dial changed) {
    return new EngineConfig(
        version,
        model,
        changed,
        timeScale,
        levels,
        trustMin,
        beat,
        cooldown,
        demandHorizon,
        budgets);
  }

  /** With another time scale. */
  public EngineConfig withTimeScale(double changed) {
    return new EngineConfig(
        version, model, dial, changed, levels, trustMin, beat, cooldown, demandHorizon, budgets);
  }

  /** With other levels. */
  public EngineConfig withLevels(Iterable<HibernationLevel> changed) {
    ImmutableSet<HibernationLevel> set = Sets.immutableEnumSet(changed);
    return new EngineConfig(
        version, model, dial, timeScale, set, trustMin, beat, cooldown, demandHorizon, budgets);
  }

  /** With another least λ. */
  public EngineConfig withTrustMin(double changed) {
    return new EngineConfig(
        version, model, dial, timeScale, levels, changed, beat, cooldown, demandHorizon, budgets);
  }

  /** With another beat. */
  public EngineConfig withBeat(Duration changed) {
    return new EngineConfig(
        version,
        model,
        dial,
        timeScale,
        levels,
        trustMin,
        changed,
        cooldown,
        demandHorizon,
        budgets);
  }

  /** With another rest between two moves. */
  public EngineConfig withCooldown(Duration changed) {
    return new EngineConfig(
        version, model, dial, timeScale, levels, trustMin, beat, changed, demandHorizon, budgets);
  }

  /** With another horizon of demand. */
  public EngineConfig withDemandHorizon(Duration changed) {
    return new EngineConfig(
        version, model, dial, timeScale, levels, trustMin, beat, cooldown, changed, budgets);
  }

  /** With other budgets. */
  public EngineConfig withBudgets(Budgets changed) {
    return new EngineConfig(
        version, model, dial, timeScale, levels, trustMin, beat, cooldown, demandHorizon, changed);
  }

  private static void requireNotNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          "The %s (%s) must not be negative.".formatted(name, value));
    }
  }
}
