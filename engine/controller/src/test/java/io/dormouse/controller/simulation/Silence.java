package io.dormouse.controller.simulation;

import io.dormouse.controller.machine.ActionOutcome;
import io.dormouse.controller.machine.Disposition;
import io.dormouse.controller.machine.History;
import io.dormouse.engine.explain.DecisionRecord;

/** A history that nobody reads. */
final class Silence implements History {
  @Override
  public void decided(DecisionRecord decision, Disposition disposition) {}

  @Override
  public void ended(ActionOutcome outcome) {}
}
