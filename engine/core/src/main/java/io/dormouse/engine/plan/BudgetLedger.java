package io.dormouse.engine.plan;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.InstanceRow;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import java.util.Optional;

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

  /** Why a proposal is beyond a budget. */
  Optional<String> refusal(Proposal proposal) {
    if (isSpent(proposal.action())) {
      return Optional.of("the budget of the round is spent");
    }
    if (perClass.count(proposal.workloadClass()) >= budgets.perClassPerRound()) {
      return Optional.of("the budget of the class is spent");
    }
    return proposal
        .movesImageOn()
        .filter(node -> movesPerNode.count(node) >= budgets.movesInFlightPerNode())
        .map(node -> "node %s moves as many images as it may".formatted(node));
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
