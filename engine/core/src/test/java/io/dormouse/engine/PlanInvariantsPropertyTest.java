package io.dormouse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.hibernation.LevelCalibration;
import io.dormouse.engine.hibernation.NextUse;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Budgets;
import io.dormouse.engine.plan.Plan;
import io.dormouse.engine.plan.PlanInvariants;
import io.dormouse.engine.pricing.Dial;
import io.dormouse.engine.spi.NextUseForecaster;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Any cluster, any configuration, any forecast: the plan keeps its invariants. */
class PlanInvariantsPropertyTest {
  private static final List<Dial> DIALS = List.of(Dial.values());
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  @Property(tries = 500)
  void everyPlanKeepsItsInvariantsAndIsTheSameTwice(@ForAll long seed) {
    Random random = new Random(seed);
    ClusterSnapshot snapshot = new RandomClusters(random).cluster(NOW);
    Forecasts forecasts = forecasts(random);
    EngineConfig config = config(random);

    Plan plan = Engine.standard().decide(snapshot, forecasts, config);

    assertThat(PlanInvariants.violations(new Cycle(snapshot, forecasts, config), plan)).isEmpty();
    assertThat(plan.decisions())
        .allMatch(decision -> isWithinReach(snapshot, decision.action()), "within reach");
    assertThat(Engine.standard().decide(snapshot, forecasts, config)).isEqualTo(plan);
  }

  @Test
  void randomClustersGiveRoomForEveryKindOfAction() {
    Set<Class<?>> kinds = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      ClusterSnapshot snapshot = new RandomClusters(new Random(seed)).cluster(NOW);
      Engine.standard()
          .decide(snapshot, forecasts(new Random(seed)), EngineConfig.DEFAULT)
          .decisions()
          .forEach(decision -> kinds.add(decision.action().getClass()));
    }
    assertThat(kinds)
        .containsExactlyInAnyOrder(Action.Hibernate.class, Action.Wake.class, Action.Start.class);
  }

  private static boolean isWithinReach(ClusterSnapshot snapshot, Action action) {
    if (action instanceof Action.Hibernate down) {
      return down.to() == HibernationLevel.TERMINATED
          || snapshot.instance(down.instance()).orElseThrow().reachable().contains(down.to());
    }
    return !(action instanceof Action.Wake wake)
        || snapshot.instance(wake.instance()).orElseThrow().reachable().contains(wake.from());
  }

  private static EngineConfig config(Random random) {
    EngineConfig config =
        EngineConfig.DEFAULT
            .withDial(DIALS.get(random.nextInt(DIALS.size())))
            .withTimeScale(random.nextBoolean() ? 1 : 60)
            .withCooldown(Duration.ofSeconds(random.nextInt(20)))
            .withTrustMin(0.1 + 0.9 * random.nextDouble())
            .withDemandHorizon(Duration.ofSeconds(1 + random.nextInt(1_000)));
    switch (random.nextInt(4)) {
      case 0, 1 -> config = config.withLevels(EnumSet.allOf(HibernationLevel.class));
      case 2 ->
          config =
              config.withLevels(
                  EnumSet.of(HibernationLevel.AWAKE, HibernationLevel.L3_FULL_SNAPSHOT));
      default -> {}
    }
    return random.nextBoolean() ? config : config.withBudgets(new Budgets(2, 2, 1, 2, 1));
  }

  private static Forecasts forecasts(Random random) {
    LevelCalibration levels = LevelCalibration.none();
    for (HibernationLevel level : HibernationLevel.values()) {
      WorkloadClassId id = new WorkloadClassId("c" + random.nextInt(6));
      levels = levels.withWake(id, level, Duration.ofMillis(random.nextInt(10_000)), 1);
      levels = levels.withEntry(id, level, Duration.ofMillis(random.nextInt(10_000)), 1);
    }
    return new Forecasts(new Noise(random.nextLong()), levels);
  }

  /** Says something else for each class, and the same whenever it is asked. */
  private record Noise(long seed) implements NextUseForecaster {
    @Override
    public NextUseForecaster observe(SnapshotDelta.Arrival arrival) {
      return this;
    }

    @Override
    public Optional<NextUse> nextUse(WorkloadClassId workloadClass, Instant now) {
      Random random = new Random(seed ^ workloadClass.value().hashCode());
      double[] edges = new double[20];
      double[] survival = new double[20];
      for (int i = 0; i < 20; i++) {
        edges[i] = (i == 0 ? 0 : edges[i - 1]) + StrictMath.pow(10, random.nextDouble() * 5 - 1);
        survival[i] = (i == 0 ? 1 : survival[i - 1]) * random.nextDouble();
      }
      double trust = 0.05 + 0.95 * random.nextDouble();
      return random.nextInt(4) == 0
          ? Optional.empty()
          : Optional.of(NextUse.of(edges, survival, random.nextInt(100_000), trust));
    }

    @Override
    public String modelVersion() {
      return "noise";
    }
  }
}
