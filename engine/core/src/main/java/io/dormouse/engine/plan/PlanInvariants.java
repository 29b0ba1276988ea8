package io.dormouse.engine.plan;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import io.dormouse.engine.Cycle;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What holds for every plan: one action per instance, on one that is where the action says; no
 * level that is out of its reach; nothing that stops a NON_INTERRUPTIBLE one; budgets and room
 * kept; benefit above k times disruption.
 */
public final class PlanInvariants {
  private final Cycle cycle;
  private final ClusterSnapshot snapshot;
  private final List<String> violations = new ArrayList<>();

  private PlanInvariants(Cycle cycle) {
    this.cycle = cycle;
    this.snapshot = cycle.snapshot();
  }

  /** What a plan breaks; empty for a good one. */
  public static List<String> violations(Cycle cycle, Plan plan) {
    PlanInvariants check = new PlanInvariants(cycle);
    check.check(plan);
    return check.violations;
  }

  /**
   * Makes sure that a plan is good.
   *
   * @throws IllegalStateException with all that it breaks
   */
  public static void require(Cycle cycle, Plan plan) {
    List<String> found = violations(cycle, plan);
    if (!found.isEmpty()) {
      throw new IllegalStateException(
          "The plan for snapshot %d breaks: %s%nMaybe a policy proposed on another snapshot."
              .formatted(plan.snapshotVersion(), String.join("; ", found)));
    }
  }

  private void check(Plan plan) {
    verify(plan.snapshotVersion() == snapshot.version(), "it is for another snapshot");
    Set<InstanceId> subjects = new HashSet<>();
    Set<String> ids = new HashSet<>();
    Multiset<Class<?>> kinds = HashMultiset.create();
    double k = cycle.config().dialSetting().k();
    for (DecisionRecord decision : plan.decisions()) {
      Action action = decision.action();
      kinds.add(action.getClass());
      verify(ids.add(decision.id()), "two decisions are " + decision.id());
      verify(action.subject().map(subjects::add).orElse(true), "two actions on one: " + action);
      verify(decision.terms().isWorth(k), "not worth its disruption: " + action);
      checkAction(action);
    }
    checkBudgets(kinds);
    PlanCapacity.check(cycle, plan, violations);
  }

  private void checkAction(Action action) {
    if (action instanceof Action.Hibernate hibernate) {
      checkHibernate(hibernate);
    } else if (action instanceof Action.Wake wake) {
      checkSubject(wake, wake.instance(), wake.from(), Set.of(InstancePhase.HIBERNATED));
      checkReach(wake, wake.instance(), wake.from());
    } else if (action instanceof Action.Start start) {
      verify(
          snapshot.classes().find(start.workloadClass()).isPresent(),
          "start of an unknown class: " + start);
    }
  }

  private void checkHibernate(Action.Hibernate hibernate) {
    checkSubject(
        hibernate,
        hibernate.instance(),
        hibernate.from(),
        Set.of(InstancePhase.IDLE, InstancePhase.HIBERNATED));
    verify(
        hibernate.to() != hibernate.from()
            && hibernate.to() != HibernationLevel.AWAKE
            && cycle.config().levels().contains(hibernate.to()),
        "not a level to go to: " + hibernate);
    checkReach(hibernate, hibernate.instance(), hibernate.to());
    verify(
        snapshot
            .instance(hibernate.instance())
            .filter(it -> it.interruptibility() == Interruptibility.NON_INTERRUPTIBLE)
            .isEmpty(),
        "stops a NON_INTERRUPTIBLE instance: " + hibernate);
  }

  private void checkReach(Action action, InstanceId id, HibernationLevel level) {
    verify(
        snapshot.instance(id).filter(it -> !it.canBeAt(level)).isEmpty(),
        "no agent can do that: " + action);
  }

  private void checkSubject(
      Action action, InstanceId id, HibernationLevel from, Set<InstancePhase> phases) {
    Instance instance = snapshot.instance(id).orElse(null);
    verify(
        instance != null && instance.level() == from && phases.contains(instance.phase()),
        "the instance is not where it should be: " + action);
  }

  private void checkBudgets(Multiset<Class<?>> kinds) {
    Budgets budgets = cycle.config().budgets();
    verify(
        kinds.count(Action.Hibernate.class) <= budgets.hibernationsPerRound()
            && kinds.count(Action.Wake.class) <= budgets.wakesPerRound()
            && kinds.count(Action.Start.class) <= budgets.startsPerRound(),
        "a budget of the round is exceeded: " + kinds);
  }

  private void verify(boolean holds, String otherwise) {
    if (!holds) {
      violations.add(otherwise);
    }
  }
}
