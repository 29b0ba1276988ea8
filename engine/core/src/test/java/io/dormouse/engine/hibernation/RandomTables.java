package io.dormouse.engine.hibernation;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Money;
import io.dormouse.engine.model.MoneyRate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random level tables of 2 to 6 levels; the same for the same seed. */
final class RandomTables {
  private static final List<HibernationLevel> LEVELS = List.of(HibernationLevel.values());

  private final Random random;

  RandomTables(Random random) {
    this.random = random;
  }

  /** Entry costs add up along the way down; wakes cost anything. */
  LevelTable additive() {
    List<LevelCost> levels = levels();
    Map<HibernationLevel, Double> depth = new EnumMap<>(HibernationLevel.class);
    double sum = 0;
    for (LevelCost level : levels) {
      depth.put(level.level(), sum);
      sum += amount();
    }
    return LevelTable.of(levels, (from, to) -> between(depth, from, to));
  }

  /** Any entry cost between any two levels. */
  LevelTable general() {
    Map<HibernationLevel, Map<HibernationLevel, Money>> costs =
        new EnumMap<>(HibernationLevel.class);
    return LevelTable.of(
        levels(),
        (from, to) ->
            costs
                .computeIfAbsent(from, key -> new EnumMap<>(HibernationLevel.class))
                .computeIfAbsent(to, key -> new Money(amount())));
  }

  private static Money between(
      Map<HibernationLevel, Double> depth, HibernationLevel from, HibernationLevel to) {
    return new Money(Math.max(0, depth.getOrDefault(to, 0.0) - depth.getOrDefault(from, 0.0)));
  }

  /** From dear to cheap, AWAKE first. */
  private List<LevelCost> levels() {
    int size = 2 + random.nextInt(LEVELS.size() - 1);
    List<LevelCost> levels = new ArrayList<>();
    double holding = 0;
    for (int i = size - 1; i >= 0; i--) {
      boolean free = i == size - 1 && random.nextBoolean();
      holding += free ? 0 : amount();
      Duration latency = Duration.ofMillis(i == 0 ? 0 : random.nextInt(5_000));
      Money wait = i == 0 || random.nextInt(3) == 0 ? Money.ZERO : new Money(amount());
      Money busy = i == 0 || random.nextInt(3) == 0 ? Money.ZERO : new Money(amount());
      Duration entry = Duration.ofMillis(i == 0 ? 0 : random.nextInt(5_000));
      levels.add(
          0, new LevelCost(LEVELS.get(i), new MoneyRate(holding), latency, wait, busy, entry));
    }
    return levels;
  }

  /** Over six orders of magnitude. */
  private double amount() {
    return StrictMath.pow(10, random.nextDouble() * 6 - 4);
  }
}
