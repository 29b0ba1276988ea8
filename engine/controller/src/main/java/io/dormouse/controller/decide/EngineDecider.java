package io.dormouse.controller.decide;

import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.ActionOutcome;
import io.dormouse.controller.machine.Decider;
import io.dormouse.controller.machine.Intent;
import io.dormouse.controller.machine.Kind;
import io.dormouse.engine.Engine;
import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.Forecasts;
import io.dormouse.engine.hibernation.LevelCalibration;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Plan;
import io.dormouse.engine.plan.Ruling;
import io.dormouse.engine.pricing.LevelModel;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine, with what it has observed and learned. All of it can be built again from the
 * scheduler's state and future observations; nothing of it needs to survive. Not thread-safe.
 */
public final class EngineDecider implements Decider {
  private static final Logger LOG = LoggerFactory.getLogger(EngineDecider.class);

  private static final double BYTES_PER_GIB = 1 << 30;

  private final Engine engine;
  private final EngineConfig config;
  private ClusterSnapshot snapshot;
  private Forecasts forecasts;

  /** A decider that has observed nothing yet. */
  public EngineDecider(EngineConfig config, Forecasts forecasts, Instant now) {
    this.engine = Engine.standard();
    this.config = config;
    this.forecasts = forecasts;
    this.snapshot = ClusterSnapshot.empty(now);
  }

  @Override
  public void observe(SnapshotDelta delta, boolean complete) {
    snapshot = complete ? snapshot.replacedBy(delta) : snapshot.apply(delta);
    forecasts = forecasts.observe(delta);
  }

  /** A plan that breaks an invariant is a bug of the engine: nothing of it is done. */
  @Override
  public Plan decide(Instant now) {
    try {
      return engine.decide(snapshot, forecasts, config);
    } catch (IllegalStateException broken) {
      LOG.error("snapshot={} state=\"the plan is refused\"", snapshot.version(), broken);
      return new Plan(snapshot.version(), ImmutableList.of());
    }
  }

  @Override
  public Ruling rule(Action.Move wish, String reason) {
    return engine.decide(snapshot, forecasts, config, wish, reason);
  }

  @Override
  public void learn(ActionOutcome outcome) {
    Intent intent = outcome.intent();
    boolean telling = outcome.done() && !outcome.total().isNegative();
    if (!telling || intent.isRecovery()) {
      return;
    }
    intent
        .instance()
        .flatMap(snapshot::instance)
        .ifPresent(instance -> forecasts = forecasts.withLevels(learned(outcome, instance)));
  }

  private LevelCalibration learned(ActionOutcome outcome, Instance instance) {
    Intent intent = outcome.intent();
    LevelCalibration levels = forecasts.levels();
    boolean wake = intent.kind() == Kind.WAKE;
    HibernationLevel at = wake ? intent.from() : intent.to();
    LevelModel model = config.model().levels().get(at);
    if (model == null) {
      return levels;
    }
    double sizeGib = instance.residentBytes() / BYTES_PER_GIB;
    if (wake) {
      double formula = model.wake().at(sizeGib);
      return levels.withWake(intent.workloadClass(), at, outcome.total(), formula);
    }
    return intent.kind() == Kind.HIBERNATE && !outcome.active().isZero()
        ? levels.withEntry(intent.workloadClass(), at, outcome.active(), model.entry().at(sizeGib))
        : levels;
  }
}
