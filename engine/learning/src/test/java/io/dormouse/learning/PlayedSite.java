package io.dormouse.learning;

import io.dormouse.engine.Engine;
import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.Forecasts;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.hibernation.LevelCalibration;
import io.dormouse.engine.hibernation.LevelCost;
import io.dormouse.engine.hibernation.LevelCosts;
import io.dormouse.engine.hibernation.LevelTable;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.MoneyRate;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.PoolId;
import io.dormouse.engine.model.QueuedTask;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.spi.NextUseForecaster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One instance of one class under the engine, in virtual time. Tasks take no time. What the
 * instance holds, the moves between levels and the waiting are paid by the pinned model; the first
 * task's cold start is nobody's fault.
 */
final class PlayedSite {
  static final long SIZE_BYTES = 1L << 29;
  static final WorkloadClass CLASS =
      new WorkloadClass(
          new WorkloadClassId("web"),
          Resources.of(1_000, SIZE_BYTES),
          Optional.of(Duration.ofMillis(3_600)),
          Optional.empty());

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final InstanceId INSTANCE = new InstanceId("i");
  private static final Node NODE =
      new Node(
          new NodeId("n"),
          new PoolId("p"),
          Resources.of(8_000, 16 * SIZE_BYTES),
          Resources.NONE,
          true);

  private final EngineConfig config;
  private final LevelTable table;
  private Forecasts forecasts;
  private ClusterSnapshot snapshot = ClusterSnapshot.empty(START);
  private Instant now = START;
  private InstancePhase phase = InstancePhase.IDLE;
  private HibernationLevel level = HibernationLevel.AWAKE;
  private Instant phaseSince = START;
  private Instant moveEnds = Instant.MAX;
  private HibernationLevel movesTo = HibernationLevel.AWAKE;
  private Optional<Instant> waitingSince = Optional.empty();
  private double cost;
  private int tasks;

  private PlayedSite(EngineConfig config, NextUseForecaster nextUse) {
    this.config = config;
    this.forecasts = new Forecasts(nextUse, LevelCalibration.none());
    this.table = new LevelCosts(config, LevelCalibration.none(), 1).table(CLASS, SIZE_BYTES, 0.01);
  }

  /** What the gaps of a trace of arrivals (seconds, growing) cost, in US dollars. */
  static double costUsd(EngineConfig config, NextUseForecaster nextUse, List<Double> arrivals) {
    PlayedSite site = new PlayedSite(config, nextUse);
    site.now = START.plusMillis((long) (arrivals.get(0) * 1_000));
    site.task();
    site.report(SnapshotDelta.builder(site.now).workloadClass(CLASS).node(NODE));
    site.cost = 0;
    for (double at : arrivals.subList(1, arrivals.size())) {
      site.runUntil(START.plusMillis((long) (at * 1_000)));
      site.task();
    }
    return site.cost;
  }

  private void runUntil(Instant arrival) {
    while (now.isBefore(arrival)) {
      Instant beat = now.plus(config.beat());
      Instant next = beat.isBefore(arrival) ? beat : arrival;
      advance(moveEnds.isBefore(next) ? moveEnds : next);
      report(SnapshotDelta.builder(now));
      decide();
    }
  }

  private void advance(Instant to) {
    boolean busy = phase == InstancePhase.HIBERNATING || phase == InstancePhase.WAKING;
    cost += busy ? 0 : held().over(Duration.between(now, to)).usd();
    now = to;
    if (!moveEnds.isAfter(now)) {
      arrive();
    }
  }

  private MoneyRate held() {
    return table.get(table.indexOf(level)).holding();
  }

  private void arrive() {
    moveEnds = Instant.MAX;
    level = movesTo;
    enter(level == HibernationLevel.AWAKE ? InstancePhase.IDLE : InstancePhase.HIBERNATED);
    if (waitingSince.isPresent() && level == HibernationLevel.AWAKE) {
      pay(Duration.between(waitingSince.get(), now));
      waitingSince = Optional.empty();
      enter(InstancePhase.IDLE);
    }
  }

  private void enter(InstancePhase next) {
    phase = next;
    phaseSince = now;
  }

  private void pay(Duration waited) {
    cost += config.dialSetting().valueOfWaiting().over(waited).usd();
  }

  private void task() {
    tasks++;
    SnapshotDelta.Builder delta = SnapshotDelta.builder(now).arrival(CLASS.id(), now);
    if (phase == InstancePhase.IDLE) {
      enter(InstancePhase.IDLE);
      report(delta);
      return;
    }
    waitingSince = waitingSince.or(() -> Optional.of(now));
    report(delta.queued(new QueuedTask(new TaskId("t" + tasks), CLASS.id(), now)));
    decide();
    while (waitingSince.isPresent()) {
      Instant beat = now.plus(config.beat());
      advance(moveEnds.isBefore(beat) ? moveEnds : beat);
      report(SnapshotDelta.builder(now));
      decide();
    }
    report(SnapshotDelta.builder(now).dequeued(new TaskId("t" + tasks)));
  }

  private void report(SnapshotDelta.Builder delta) {
    boolean gone = level == HibernationLevel.TERMINATED && phase == InstancePhase.HIBERNATED;
    delta.instance(gone ? instance(InstancePhase.ENDED) : instance(phase));
    SnapshotDelta built = delta.build();
    snapshot = snapshot.apply(built);
    forecasts = forecasts.observe(built);
  }

  private Instance instance(InstancePhase reported) {
    return new Instance(
        INSTANCE,
        CLASS.id(),
        Optional.of(NODE.id()),
        reported,
        level,
        phaseSince,
        level == HibernationLevel.L3_FULL_SNAPSHOT ? Resources.NONE : CLASS.request(),
        SIZE_BYTES,
        0.01,
        Interruptibility.IMMEDIATE);
  }

  private void decide() {
    for (DecisionRecord decision :
        Engine.standard().decide(snapshot, forecasts, config).decisions()) {
      begin(decision.action());
    }
  }

  private void begin(Action action) {
    if (action instanceof Action.Hibernate hibernate) {
      int from = table.indexOf(level);
      int to = table.indexOf(hibernate.to());
      cost += table.entry(from, to).usd();
      move(InstancePhase.HIBERNATING, hibernate.to(), entry(hibernate.to()));
    } else {
      LevelCost wake = table.get(table.indexOf(level));
      cost += wake.wakeBusy().usd();
      boolean cold = action instanceof Action.Start;
      move(
          cold ? InstancePhase.STARTING : InstancePhase.WAKING,
          HibernationLevel.AWAKE,
          wake.wakeLatency());
    }
    report(SnapshotDelta.builder(now));
  }

  private Duration entry(HibernationLevel to) {
    return switch (to) {
      case AWAKE, TERMINATED -> Duration.ofMillis(1);
      default -> {
        double gib = (double) SIZE_BYTES / (1 << 30);
        double seconds = config.model().level(to).entry().at(gib);
        yield Duration.ofMillis(1 + (long) (seconds * 1_000));
      }
    };
  }

  private void move(InstancePhase next, HibernationLevel to, Duration takes) {
    enter(next);
    movesTo = to;
    moveEnds = now.plus(takes);
  }
}
