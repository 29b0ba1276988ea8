package io.dormouse.controller.machine;

import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Plan;
import io.dormouse.engine.plan.Ruling;
import java.time.Instant;

/** Makes decisions from what was observed. Deterministic; called by the state machine alone. */
public interface Decider {
  /**
   * Takes in what changed.
   *
   * @param complete whether the delta is all there is, replacing what was known
   */
  void observe(SnapshotDelta delta, boolean complete);

  /** Decides on what was observed so far. */
  Plan decide(Instant now);

  /**
   * Rules on a move that an operator wants, on what was observed so far.
   *
   * @param reason the operator's, for people
   */
  Ruling rule(Action.Move wish, String reason);

  /** Learns from an action that was carried out. */
  void learn(ActionOutcome outcome);
}
