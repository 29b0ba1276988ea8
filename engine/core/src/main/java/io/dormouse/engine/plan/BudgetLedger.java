package io.dormouse.engine.plan;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.InstanceRow;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;

/** What of the budgets a plan has spent. Not thread-safe. */
final class BudgetLedger {
  private final Budgets budgets;
  private final Multiset<WorkloadClassId> perClass = HashMultiset.create();
  private final Multiset<NodeId> movesPerNode = HashMultiset.create();
  private int hibernations;
  private int wakes;
  private int starts;

  BudgetLedger(Budgets budgets, ClusterSnapshot snapshot) {
    this.budgets = budgets;
    for (InstanceRow row : snapshot.instanceRows()) {
      InstancePhase phase = row.instance().phase();
      if (phase == InstancePhase.HIBERNATING || phase == InstancePhase.WAKING) {
        row.instance().node().ifPresent(movesPerNode::add);
      }
    }
  }

  /** Whether a proposal is within the budgets of the round, of its class and of its node. */
  boolean allow(Proposal proposal) {
    return !isSpent(proposal.action())
        && perClass.count(proposal.workloadClass()) < budgets.perClassPerRound()
        && proposal
            .movesImageOn()
            .filter(node -> movesPerNode.count(node) >= budgets.movesInFlightPerNode())
            .isEmpty();
  }

  void spend(Proposal proposal) {
    perClass.add(proposal.workloadClass());
    proposal.movesImageOn().ifPresent(movesPerNode::add);
    if (proposal.action() instanceof Action.Hibernate) {
      hibernations++;
    } else if (proposal.action() instanceof Action.Wake) {
      wakes++;
    } else {
      starts++;
    }
  }

  private boolean isSpent(Action action) {
    if (action instanceof Action.Hibernate) {
      return hibernations >= budgets.hibernationsPerRound();
    }
    return action instanceof Action.Wake
        ? wakes >= budgets.wakesPerRound()
        : starts >= budgets.startsPerRound();
  }
}
