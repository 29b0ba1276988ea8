package io.dormouse.engine.hibernation;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.Cycle;
import io.dormouse.engine.explain.RejectedOption;
import io.dormouse.engine.explain.Terms;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceRow;
import io.dormouse.engine.model.Money;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Damping;
import io.dormouse.engine.plan.Proposal;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Wakes the first instance that a class will want, or starts one where it has none, when the
 * expected penalty of being late exceeds the holding cost of being early. Only where the forecast
 * is well trusted: no competitive bound covers what it does.
 */
final class WakeAheadRule {
  /** Forecasts of a λ above this are not good enough to spend on. */
  static final double TRUST_MAX = 0.5;

  private final Cycle cycle;
  private final PricedLevels levels;

  WakeAheadRule(Cycle cycle, PricedLevels levels) {
    this.cycle = cycle;
    this.levels = levels;
  }

  List<Proposal> propose(Fleet fleet) {
    if (!fleet.idle().isEmpty() || fleet.coming() > 0 || fleet.isFreeSoon()) {
      return List.of();
    }
    return cycle
        .forecasts()
        .nextUse()
        .nextUse(fleet.workloadClass().id(), cycle.now())
        .filter(use -> use.trust() <= TRUST_MAX)
        .flatMap(use -> fleet.wakeable().isEmpty() ? start(fleet, use) : wake(fleet, use))
        .stream()
        .toList();
  }

  private Optional<Proposal> wake(Fleet fleet, NextUse use) {
    WorkloadClass workloadClass = fleet.workloadClass();
    return fleet.wakeable().stream()
        .map(InstanceRow::instance)
        .min(
            Comparator.comparing(
                instance ->
                    levels
                        .level(workloadClass, instance.residentBytes(), instance.level())
                        .wakeLatency()))
        .filter(best -> Damping.isRested(cycle, best))
        .flatMap(best -> wake(workloadClass, best, use));
  }

  private Optional<Proposal> wake(WorkloadClass workloadClass, Instance instance, NextUse use) {
    return early(levels.of(workloadClass, instance), instance.level(), use)
        .map(
            early ->
                new Proposal(
                    new Action.Wake(instance.id(), instance.level()),
                    workloadClass.id(),
                    Moves.needs(workloadClass, instance),
                    Moves.imageNode(instance, instance.level()),
                    early.terms(),
                    () -> early.why("wake %s".formatted(instance.id()))));
  }

  private Optional<Proposal> start(Fleet fleet, NextUse use) {
    WorkloadClass workloadClass = fleet.workloadClass();
    Resources request = workloadClass.request();
    if (!fleet.isKnown() || fleet.busy() > 0 || workloadClass.lastArrival().isEmpty()) {
      return Optional.empty();
    }
    return early(levels.ofFresh(workloadClass), HibernationLevel.TERMINATED, use)
        .map(
            early ->
                new Proposal(
                    new Action.Start(workloadClass.id()),
                    workloadClass.id(),
                    request,
                    Optional.empty(),
                    early.terms(),
                    () -> early.why("start an instance")));
  }

  private Optional<Early> early(PricedLevels.Priced priced, HibernationLevel level, NextUse use) {
    int from = priced.table().indexOf(level);
    if (from <= 0) {
      return Optional.empty();
    }
    ExpectedCosts costs =
        ExpectedCosts.of(priced.table(), priced.envelope().descent(), use, cycle.config().beat());
    return Optional.of(
            new Early(use, costs.keep(from), costs.wake(from), priced.table().get(from).wakeBusy()))
        .filter(early -> early.wake.usd() < costs.stay(from).usd())
        .filter(early -> early.terms().isWorth(cycle.config().dialSetting().k()));
  }

  /** Waking now against sleeping until the next use. */
  private record Early(
      NextUse use, ExpectedCosts.Cost keep, ExpectedCosts.Cost wake, Money wakeBusy) {
    double avoidedUsd() {
      return keep.oneOffUsd() - (wake.oneOffUsd() - wakeBusy.usd());
    }

    double heldUsd() {
      return wake.holdUsd() - keep.holdUsd();
    }

    Terms terms() {
      return Terms.of(
          Moves.benefit("late_wakes_avoided", avoidedUsd()),
          Moves.cost("held_early", heldUsd()),
          Moves.cost("wake_busy", wakeBusy.usd()));
    }

    Proposal.Why why(String what) {
      String reason =
          "%s ahead: the next use is expected in %s (trust %s), being late would cost more than being early"
              .formatted(what, Words.seconds(use.meanSeconds()), Words.number(use.trust()));
      return new Proposal.Why(
          reason,
          ImmutableList.of(
              new RejectedOption(
                  "stay asleep", Money.ZERO, "expected to cost more until the next use")));
    }
  }
}
