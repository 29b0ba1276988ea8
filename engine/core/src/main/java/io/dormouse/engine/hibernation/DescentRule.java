package io.dormouse.engine.hibernation;

import io.dormouse.engine.Cycle;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceRow;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Damping;
import io.dormouse.engine.plan.Proposal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Takes instances down that nobody waits for. The one that the next task of the class will get goes
 * by the forecast of that task, as far as it is trusted; the others, for whose use several tasks
 * must come at once, by the lower envelope of their own idle age.
 */
final class DescentRule {
  private final Cycle cycle;
  private final PricedLevels levels;

  DescentRule(Cycle cycle, PricedLevels levels) {
    this.cycle = cycle;
    this.levels = levels;
  }

  List<Proposal> propose(Fleet fleet) {
    List<InstanceRow> candidates = candidates(fleet);
    boolean firstInLine = fleet.coming() <= fleet.queued();
    List<Proposal> proposals = new ArrayList<>();
    for (InstanceRow row : candidates) {
      if (mayMove(row.instance())) {
        propose(fleet, row, firstInLine).ifPresent(proposals::add);
      }
      firstInLine = false;
    }
    return proposals;
  }

  /**
   * In the order in which tasks will get them: idle ones but for the waiting tasks', then asleep.
   */
  private List<InstanceRow> candidates(Fleet fleet) {
    int reserved = Math.max(0, fleet.queued() - fleet.coming());
    List<InstanceRow> idle = fleet.idle();
    List<InstanceRow> candidates =
        new ArrayList<>(idle.subList(Math.min(reserved, idle.size()), idle.size()));
    fleet.hibernated().stream()
        .sorted(Comparator.comparing(row -> wakeLatency(fleet, row.instance())))
        .forEach(candidates::add);
    return candidates;
  }

  private Duration wakeLatency(Fleet fleet, Instance instance) {
    return levels
        .level(fleet.workloadClass(), instance.residentBytes(), instance.level())
        .wakeLatency();
  }

  private boolean mayMove(Instance instance) {
    return instance.interruptibility() != Interruptibility.NON_INTERRUPTIBLE
        && Damping.isRested(cycle, instance);
  }

  private Optional<Proposal> propose(Fleet fleet, InstanceRow row, boolean firstInLine) {
    Instance instance = row.instance();
    PricedLevels.Priced priced = levels.of(fleet.workloadClass(), instance);
    int from = priced.table().indexOf(instance.level());
    if (from < 0 || from == priced.table().size() - 1) {
      return Optional.empty();
    }
    double age = Words.ofDuration(Duration.between(row.idleSince(), cycle.now()));
    Optional<NextUse> use =
        firstInLine
            ? cycle.forecasts().nextUse().nextUse(instance.workloadClass(), cycle.now())
            : Optional.empty();
    return DescentChoice.of(cycle.config(), priced, from, Math.max(0, age), use)
        .map(choice -> proposal(instance, choice));
  }

  private static Proposal proposal(Instance instance, DescentChoice choice) {
    return new Proposal(
        new Action.Hibernate(instance.id(), instance.level(), choice.target().level()),
        instance.workloadClass(),
        Resources.NONE,
        Moves.imageNode(instance, choice.target().level()),
        choice.terms(),
        choice::why);
  }
}
