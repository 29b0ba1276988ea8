package io.dormouse.engine;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.hibernation.HibernationPolicy;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Arbiter;
import io.dormouse.engine.plan.Plan;
import io.dormouse.engine.plan.PlanInvariants;
import io.dormouse.engine.plan.Proposal;
import io.dormouse.engine.plan.Ruling;
import io.dormouse.engine.plan.Wishes;
import java.util.ArrayList;
import java.util.List;

/**
 * The decision cycle: forecast, propose, arbitrate, plan. A pure function: the same snapshot,
 * forecasts and configuration give the same plan bit for bit. Thread-safe.
 */
public final class Engine {
  private final ImmutableList<Policy> policies;

  private Engine(ImmutableList<Policy> policies) {
    this.policies = policies;
  }

  /** The engine with all its capabilities. */
  public static Engine standard() {
    return new Engine(ImmutableList.of(new HibernationPolicy()));
  }

  /**
   * Decides what to do now.
   *
   * @throws IllegalStateException when the plan breaks an invariant: a bug, and nothing of the plan
   *     may be done
   */
  public Plan decide(ClusterSnapshot snapshot, Forecasts forecasts, EngineConfig config) {
    Cycle cycle = new Cycle(snapshot, forecasts, config);
    List<Proposal> proposals = new ArrayList<>();
    for (Policy policy : policies) {
      proposals.addAll(policy.propose(cycle));
    }
    Plan plan = Arbiter.arbitrate(cycle, proposals);
    PlanInvariants.require(cycle, plan);
    return plan;
  }

  /**
   * Rules on a move that an operator wants.
   *
   * @param reason the operator's, for people
   */
  public Ruling decide(
      ClusterSnapshot snapshot,
      Forecasts forecasts,
      EngineConfig config,
      Action.Move wish,
      String reason) {
    return Wishes.move(new Cycle(snapshot, forecasts, config), wish, reason);
  }
}
