package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.explain.Terms;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Plan;
import io.dormouse.engine.plan.Ruling;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** An engine that wants what a test wants. */
final class PlayedEngine implements Decider {
  final Map<InstanceId, Instance> seen = new TreeMap<>();
  final List<Action> wanted = new ArrayList<>();

  /** What it was asked to rule on. */
  final List<Action.Move> wishes = new ArrayList<>();

  /** Nodes that it has nobody moved to. */
  final Set<NodeId> refusals = new HashSet<>();

  private long version;

  @Override
  public void observe(SnapshotDelta delta, boolean complete) {
    if (complete) {
      seen.clear();
    }
    for (Instance instance : delta.instances()) {
      if (instance.phase() == InstancePhase.ENDED) {
        seen.remove(instance.id());
      } else {
        seen.put(instance.id(), instance);
      }
    }
  }

  @Override
  public Plan decide(Instant at) {
    version++;
    ImmutableList.Builder<DecisionRecord> decisions = ImmutableList.builder();
    wanted.forEach(action -> decisions.add(record(action, at, "a test wants it")));
    wanted.clear();
    return new Plan(version, decisions.build());
  }

  @Override
  public Ruling rule(Action.Move wish, String reason) {
    wishes.add(wish);
    return refusals.contains(wish.to())
        ? new Ruling.Refused("the engine is against " + wish.to())
        : new Ruling.Granted(record(wish, PlayedCell.START, reason));
  }

  @Override
  public void learn(ActionOutcome outcome) {}

  private DecisionRecord record(Action action, Instant at, String reason) {
    return new DecisionRecord(
        "d-%d-%s".formatted(version, action),
        at,
        version,
        "test",
        "test",
        action,
        reason,
        Terms.of(),
        ImmutableList.of());
  }
}
