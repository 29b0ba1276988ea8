package io.dormouse.engine.hibernation;

import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Money;
import io.dormouse.engine.model.MoneyRate;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.pricing.PricedModel;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Prices the levels of an instance. Holding accrues in trace time, so its rate per second of wall
 * time is multiplied by the time scale; waits and transitions are in wall time.
 */
public final class LevelCosts {
  private static final double BYTES_PER_GIB = 1 << 30;
  private static final double L3_TO_L4_CORE_SECONDS = 2 * 0.3;

  private final EngineConfig config;
  private final LevelCalibration calibration;
  private final double memoryPriceFactor;

  /**
   * Prices by a configuration.
   *
   * @param calibration what was measured; overrides formulas
   * @param memoryPriceFactor shadow price of memory over its price, at least 1
   */
  public LevelCosts(EngineConfig config, LevelCalibration calibration, double memoryPriceFactor) {
    if (!(memoryPriceFactor >= 1) || Double.isInfinite(memoryPriceFactor)) {
      throw new IllegalArgumentException(
          "The memoryPriceFactor (%s) must be finite and at least 1.".formatted(memoryPriceFactor));
    }
    this.config = config;
    this.calibration = calibration;
    this.memoryPriceFactor = memoryPriceFactor;
  }

  /**
   * The table of an instance.
   *
   * @param residentBytes its memory, at least 0
   * @param idleCoreFraction share of a core that it burns while awake and idle
   */
  public LevelTable table(
      WorkloadClass workloadClass, long residentBytes, double idleCoreFraction) {
    return table(workloadClass, residentBytes, idleCoreFraction, config.levels());
  }

  /** The table of an instance that may go to some of the configuration's levels only. */
  LevelTable table(
      WorkloadClass workloadClass,
      long residentBytes,
      double idleCoreFraction,
      Set<HibernationLevel> available) {
    Sizes sizes = new Sizes(workloadClass, residentBytes / BYTES_PER_GIB, idleCoreFraction);
    List<LevelCost> levels = available.stream().map(level -> levelCost(sizes, level)).toList();
    return LevelTable.of(levels, (from, to) -> entry(sizes, from, to));
  }

  /** What one level costs; also one that the configuration has not. */
  public LevelCost level(WorkloadClass workloadClass, long residentBytes, HibernationLevel level) {
    return levelCost(new Sizes(workloadClass, residentBytes / BYTES_PER_GIB, 0), level);
  }

  private Duration wakeLatency(
      WorkloadClass workloadClass, double sizeGib, HibernationLevel level) {
    double seconds =
        switch (level) {
          case AWAKE -> 0;
          case TERMINATED -> coldStartSeconds(workloadClass);
          default ->
              calibration
                  .wakeSeconds(workloadClass.id(), level)
                  .orElseGet(
                      () ->
                          config.model().level(level).wake().at(sizeGib)
                              * calibration.wakeRatio(level));
        };
    return seconds(seconds);
  }

  private double coldStartSeconds(WorkloadClass workloadClass) {
    OptionalDouble measured =
        calibration.wakeSeconds(workloadClass.id(), HibernationLevel.TERMINATED);
    return measured.orElseGet(
        () ->
            workloadClass
                .coldStart()
                .map(took -> took.toNanos() / 1e9)
                .orElse(config.model().coldStartSeconds()));
  }

  private LevelCost levelCost(Sizes sizes, HibernationLevel level) {
    Duration latency = wakeLatency(sizes.workloadClass, sizes.gib, level);
    return new LevelCost(
        level,
        holding(sizes, level),
        latency,
        config.dialSetting().valueOfWaiting().over(latency),
        config.model().busy(sizes.gib).over(latency),
        seconds(entrySeconds(sizes, level)));
  }

  private MoneyRate holding(Sizes sizes, HibernationLevel level) {
    PricedModel model = config.model();
    double ramShare =
        switch (level) {
          case AWAKE -> 1;
          case TERMINATED -> 0;
          default -> model.level(level).ramShare();
        };
    return model
        .holding(level, sizes.gib, sizes.idleCoreFraction)
        .times(config.timeScale())
        .plus(scarcity(sizes.gib * ramShare));
  }

  /** No GiB is worth more to who waits for it than an end of the waiting. */
  private MoneyRate scarcity(double gib) {
    MoneyRate byPrice =
        config.model().memory(gib).times((memoryPriceFactor - 1) * config.timeScale());
    MoneyRate byWaiting = config.dialSetting().valueOfWaiting().times(gib);
    return byPrice.usdPerHour() < byWaiting.usdPerHour() ? byPrice : byWaiting;
  }

  private Money entry(Sizes sizes, HibernationLevel from, HibernationLevel to) {
    if (to == HibernationLevel.TERMINATED) {
      return Money.ZERO;
    }
    if (to == HibernationLevel.L4_KERNEL_SNAPSHOT && from == HibernationLevel.L3_FULL_SNAPSHOT) {
      return new Money(config.model().prices().coreUsdPerHour() / 3_600 * L3_TO_L4_CORE_SECONDS);
    }
    return config.model().busy(sizes.gib).over(seconds(entrySeconds(sizes, to)));
  }

  private double entrySeconds(Sizes sizes, HibernationLevel to) {
    if (to == HibernationLevel.AWAKE || to == HibernationLevel.TERMINATED) {
      return 0;
    }
    return calibration
        .entrySeconds(sizes.workloadClass.id(), to)
        .orElseGet(
            () -> config.model().level(to).entry().at(sizes.gib) * calibration.entryRatio(to));
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos(StrictMath.round(seconds * 1e9));
  }

  private record Sizes(WorkloadClass workloadClass, double gib, double idleCoreFraction) {}
}
