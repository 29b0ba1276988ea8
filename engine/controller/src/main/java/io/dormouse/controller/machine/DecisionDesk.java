package io.dormouse.controller.machine;

import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Plan;
import io.dormouse.engine.plan.Ruling;
import io.dormouse.engine.spi.Epoch;
import java.time.Instant;

/** Has the engine decide, and its decisions carried out and kept. Owned by the state machine. */
final class DecisionDesk {
  private final Decider decider;
  private final ClusterOverlay cluster;
  private final Launches launches;
  private final DecisionLog log;
  private final Tally tally;

  DecisionDesk(Seams seams, ClusterOverlay cluster, Launches launches, Tally tally) {
    this.decider = seams.decider();
    this.cluster = cluster;
    this.launches = launches;
    this.log = new DecisionLog(seams.history());
    this.tally = tally;
  }

  /** A leader, and what it may do. */
  record Lead(Epoch epoch, Mode mode) {}

  /** Tells the engine what changed. */
  void observe(Instant now) {
    ClusterOverlay.Update update = cluster.drain(now);
    decider.observe(update.delta(), update.complete());
  }

  /** Has it decide on what it was told, and carries that out. */
  void decide(Lead lead, Instant now) {
    tally.count("cycles");
    Plan plan = decider.decide(now);
    for (DecisionRecord made : plan.decisions()) {
      var unused = carryOut(DecisionLog.unique(made, lead.epoch()), lead.mode(), now);
    }
  }

  /** Has it rule on what an operator wants. */
  Ruling rule(Action.Move wish, String reason) {
    return decider.rule(wish, reason);
  }

  Disposition carryOut(DecisionRecord decision, Mode mode, Instant now) {
    Disposition disposition = launches.carryOut(decision, mode, now);
    boolean carriedOut = disposition instanceof Disposition.CarriedOut;
    tally.count("decisions");
    tally.count(carriedOut ? "actions_begun" : "decisions_not_carried_out");
    log.decided(decision, disposition, now);
    cluster.touch(decision.action());
    return disposition;
  }
}
