package io.dormouse.controller.machine;

import io.dormouse.engine.explain.DecisionRecord;

/** What happened, for people. Does not block; may drop entries under pressure, and counts them. */
public interface History {
  /**
   * A decision was made.
   *
   * @param disposition what became of it at once
   */
  void decided(DecisionRecord decision, Disposition disposition);

  /** An action ended. */
  void ended(ActionOutcome outcome);
}
