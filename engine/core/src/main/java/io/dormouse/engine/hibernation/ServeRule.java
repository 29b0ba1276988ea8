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
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Proposal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * For each task that neither an idle instance nor one on its way will serve: the option with the
 * best value of waking a hibernated instance and starting a fresh one. What serving is worth is the
 * wait over the horizon of demand, so that capacity goes where it serves soonest; but never less
 * than what makes the best option worth its price, since a task that is not served waits for ever.
 */
final class ServeRule {
  private static final Comparator<Option> BEST_FIRST =
      Comparator.<Option, Money>comparing(option -> option.cost.wake())
          .thenComparing(option -> option.action.toString());
  private static final int NAMED_MAX = 3;

  /** What serving is worth is told in two parts, whose sum may be rounded down. */
  private static final double ROUNDING = 1 + 1e-12;

  private final Cycle cycle;
  private final PricedLevels levels;

  ServeRule(Cycle cycle, PricedLevels levels) {
    this.cycle = cycle;
    this.levels = levels;
  }

  List<Proposal> propose(Fleet fleet) {
    List<Option> options = options(fleet);
    List<Proposal> proposals = new ArrayList<>();
    int wanted = Math.min(fleet.unserved(), options.size());
    for (int i = 0; i < wanted; i++) {
      Option option = options.get(i);
      Money worth = worth(options.get(0));
      List<Option> others = options.subList(i + 1, Math.min(options.size(), i + 1 + NAMED_MAX));
      proposals.add(option.proposal(fleet, worth, others));
    }
    return proposals;
  }

  private List<Option> options(Fleet fleet) {
    List<Option> options = new ArrayList<>();
    for (InstanceRow row : fleet.wakeable()) {
      options.add(wake(fleet, row.instance()));
    }
    if (fleet.isKnown()) {
      LevelCost cost = startCost(fleet);
      Action start = new Action.Start(fleet.workloadClass().id());
      for (int i = 0; i < fleet.unserved(); i++) {
        options.add(
            new Option(start, fleet.workloadClass().request(), Optional.empty(), cost, Money.ZERO));
      }
    }
    options.sort(BEST_FIRST);
    return options;
  }

  private LevelCost startCost(Fleet fleet) {
    return levels.level(
        fleet.workloadClass(),
        fleet.workloadClass().request().memoryBytes(),
        HibernationLevel.TERMINATED);
  }

  private Option wake(Fleet fleet, Instance instance) {
    LevelCost cost =
        levels.level(fleet.workloadClass(), instance.residentBytes(), instance.level());
    return new Option(
        new Action.Wake(instance.id(), instance.level()),
        Moves.needs(fleet.workloadClass(), instance),
        Optional.of(instance),
        cost,
        fleet.isKnown() ? startCost(fleet).wake() : Money.ZERO);
  }

  private Money worth(Option best) {
    double horizonUsd =
        cycle.config().dialSetting().valueOfWaiting().over(cycle.config().demandHorizon()).usd();
    double leastUsd =
        Math.nextUp(cycle.config().dialSetting().k() * best.cost.wake().usd() * ROUNDING);
    return new Money(Math.max(horizonUsd, leastUsd));
  }

  /** One way to serve a task; {@code avoided} is what a start would cost in its place. */
  private record Option(
      Action action, Resources needs, Optional<Instance> instance, LevelCost cost, Money avoided) {
    private Money value(Money worth) {
      return worth.minus(cost.wake());
    }

    private Terms terms(Money worth) {
      double avoidedUsd = Math.min(worth.usd(), avoided.usd());
      return Terms.of(
          Moves.benefit("task_served", worth.usd() - avoidedUsd),
          Moves.benefit("start_avoided", avoidedUsd),
          Moves.cost("wake_wait", cost.wakeWait().usd()),
          Moves.cost("wake_busy", cost.wakeBusy().usd()));
    }

    Proposal proposal(Fleet fleet, Money worth, List<Option> others) {
      return new Proposal(
          action,
          fleet.workloadClass().id(),
          needs,
          instance.flatMap(from -> Moves.imageNode(from, cost.level())),
          terms(worth),
          () -> why(fleet, worth, others));
    }

    private Proposal.Why why(Fleet fleet, Money worth, List<Option> others) {
      String reason =
          "class %s has %d waiting and %d on the way: %s in %s"
              .formatted(
                  fleet.workloadClass().id(),
                  fleet.queued(),
                  fleet.coming(),
                  words(),
                  Words.seconds(cost.wakeLatency()));
      return new Proposal.Why(
          reason,
          others.stream()
              .map(
                  other ->
                      new RejectedOption(
                          other.words(),
                          other.value(worth),
                          "worth no more: ready in " + Words.seconds(other.cost.wakeLatency())))
              .collect(ImmutableList.toImmutableList()));
    }

    private String words() {
      return instance
          .map(from -> "wake %s from %s".formatted(from.id(), cost.level()))
          .orElse("start a fresh instance");
    }
  }
}
