package io.dormouse.engine.plan;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.Cycle;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.model.InstanceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Picks proposals greedily: those that need no room first, by net value; then by net value per byte
 * of memory, the scarce resource. Takes one that is worth k times its disruption, is the first for
 * its instance, and is within budgets and room.
 */
public final class Arbiter {
  private static final Comparator<Candidate> BEST_FIRST =
      Comparator.<Candidate>comparingInt(candidate -> candidate.bytes == 0 ? 0 : 1)
          .thenComparingDouble(candidate -> -candidate.score)
          .thenComparingInt(candidate -> candidate.order);

  private final Cycle cycle;
  private final BudgetLedger budgets;
  private final FreeCapacity capacity;
  private final Set<InstanceId> moved = new HashSet<>();
  private final List<Proposal> taken = new ArrayList<>();

  private Arbiter(Cycle cycle) {
    this.cycle = cycle;
    this.budgets = new BudgetLedger(cycle.config().budgets(), cycle.snapshot());
    this.capacity = FreeCapacity.of(cycle.snapshot());
  }

  /** Makes a plan of proposals; their order decides between equals. */
  public static Plan arbitrate(Cycle cycle, List<Proposal> proposals) {
    Arbiter arbiter = new Arbiter(cycle);
    List<Candidate> candidates = new ArrayList<>(proposals.size());
    for (Proposal proposal : proposals) {
      candidates.add(Candidate.of(proposal, candidates.size()));
    }
    candidates.sort(BEST_FIRST);
    candidates.forEach(candidate -> arbiter.weigh(candidate.proposal));
    return arbiter.plan();
  }

  private void weigh(Proposal proposal) {
    if (isAcceptable(proposal) && capacity.reserve(proposal.needs())) {
      budgets.spend(proposal);
      proposal.action().subject().ifPresent(moved::add);
      taken.add(proposal);
    }
  }

  private boolean isAcceptable(Proposal proposal) {
    return proposal.terms().isWorth(cycle.config().dialSetting().k())
        && proposal.action().subject().filter(moved::contains).isEmpty()
        && budgets.allow(proposal);
  }

  private Plan plan() {
    ImmutableList.Builder<DecisionRecord> decisions = ImmutableList.builder();
    for (int row = 0; row < taken.size(); row++) {
      decisions.add(record(taken.get(row), row));
    }
    return new Plan(cycle.snapshot().version(), decisions.build());
  }

  private DecisionRecord record(Proposal proposal, int row) {
    Proposal.Why why = proposal.why().get();
    long version = cycle.snapshot().version();
    return new DecisionRecord(
        "d-%d-%d".formatted(version, row),
        cycle.now(),
        version,
        cycle.config().version(),
        cycle.forecasts().nextUse().modelVersion(),
        proposal.action(),
        why.reason(),
        proposal.terms(),
        why.rejected());
  }

  private record Candidate(Proposal proposal, long bytes, double score, int order) {
    static Candidate of(Proposal proposal, int order) {
      long bytes = proposal.needs().memoryBytes();
      double value = proposal.terms().net().usd();
      return new Candidate(proposal, bytes, bytes == 0 ? value : value / bytes, order);
    }
  }
}
