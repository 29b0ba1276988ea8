package io.dormouse.engine.plan;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.Cycle;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.explain.Terms;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClass;
import java.util.Optional;

/**
 * Rules on what an operator wants done by hand, by the budgets and the room that hold for plans.
 * Whether it is worth its disruption is for the operator to say.
 */
public final class Wishes {
  private Wishes() {}

  /**
   * Whether an instance may be moved now.
   *
   * @param reason the operator's, for people
   */
  public static Ruling move(Cycle cycle, Action.Move move, String reason) {
    ClusterSnapshot snapshot = cycle.snapshot();
    Optional<Instance> instance = snapshot.instance(move.instance());
    if (instance.isEmpty()) {
      return new Ruling.Refused("there is no such instance");
    }
    Proposal proposal = proposal(snapshot, instance.get(), move, reason);
    return standsAgainst(instance.get())
        .or(() -> standsAgainst(cycle, proposal, move))
        .<Ruling>map(Ruling.Refused::new)
        .orElseGet(() -> new Ruling.Granted(record(cycle, proposal)));
  }

  private static Proposal proposal(
      ClusterSnapshot snapshot, Instance instance, Action.Move move, String reason) {
    Resources needs =
        snapshot
            .classes()
            .find(instance.workloadClass())
            .map(WorkloadClass::request)
            .orElse(instance.allocated());
    return new Proposal(
        move,
        instance.workloadClass(),
        needs,
        instance.node(),
        Terms.of(),
        () -> new Proposal.Why("by hand: " + reason, ImmutableList.of()));
  }

  private static Optional<String> standsAgainst(Instance instance) {
    if (instance.interruptibility() == Interruptibility.NON_INTERRUPTIBLE) {
      return Optional.of("it must not be interrupted");
    }
    boolean rests =
        instance.phase() == InstancePhase.IDLE && instance.level() == HibernationLevel.AWAKE;
    return rests
        ? Optional.empty()
        : Optional.of(
            instance.phase() == InstancePhase.BUSY
                ? "it is busy with a task"
                : "it is %s at level %s".formatted(instance.phase(), instance.level()));
  }

  private static Optional<String> standsAgainst(Cycle cycle, Proposal proposal, Action.Move move) {
    if (!new BudgetLedger(cycle.config().budgets(), cycle.snapshot()).allow(proposal)) {
      return Optional.of("as many images move at its node as may at a time");
    }
    if (cycle.snapshot().nodes().find(move.to()).filter(Node::healthy).isEmpty()) {
      return Optional.of("%s is not healthy".formatted(move.to()));
    }
    return FreeCapacity.of(cycle.snapshot()).hasRoom(move.to(), proposal.needs())
        ? Optional.empty()
        : Optional.of(
            "there is no room for it at %s: it needs %d bytes and %d thousandths of a core"
                .formatted(
                    move.to(), proposal.needs().memoryBytes(), proposal.needs().milliCores()));
  }

  private static DecisionRecord record(Cycle cycle, Proposal proposal) {
    Proposal.Why why = proposal.why().get();
    long version = cycle.snapshot().version();
    return new DecisionRecord(
        "w-%d".formatted(version),
        cycle.now(),
        version,
        cycle.config().version(),
        cycle.forecasts().nextUse().modelVersion(),
        proposal.action(),
        why.reason(),
        proposal.terms(),
        why.rejected());
  }
}
