package io.dormouse.engine.hibernation;

import io.dormouse.engine.Cycle;
import io.dormouse.engine.Policy;
import io.dormouse.engine.plan.Proposal;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes idle instances down the levels, brings them back for tasks that wait, and before tasks
 * come.
 */
public final class HibernationPolicy implements Policy {
  @Override
  public List<Proposal> propose(Cycle cycle) {
    PricedLevels levels = PricedLevels.of(cycle);
    ServeRule serve = new ServeRule(cycle, levels);
    WakeAheadRule wakeAhead = new WakeAheadRule(cycle, levels);
    DescentRule descent = new DescentRule(cycle, levels);
    List<Proposal> proposals = new ArrayList<>();
    for (Fleet fleet : Fleet.all(cycle.snapshot())) {
      if (fleet.unserved() > 0) {
        proposals.addAll(serve.propose(fleet));
      } else {
        proposals.addAll(wakeAhead.propose(fleet));
        proposals.addAll(descent.propose(fleet));
      }
    }
    return proposals;
  }
}
