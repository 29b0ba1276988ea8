package io.dormouse.controller.simulation;

import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.ActionOutcome;
import io.dormouse.controller.machine.Decider;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.explain.Terms;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Plan;
import io.dormouse.engine.plan.Ruling;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;

/** Decides at random, so that every action meets every fault; serves waiting tasks always. */
final class SimDecider implements Decider {
  private static final int MOST_INSTANCES = 8;

  private final World world;
  private final TreeMap<InstanceId, Instance> instances = new TreeMap<>();
  private final Set<TaskId> queued = new LinkedHashSet<>();
  private long version;

  SimDecider(World world) {
    this.world = world;
  }

  @Override
  public void observe(SnapshotDelta delta, boolean complete) {
    if (complete) {
      instances.clear();
      queued.clear();
    }
    for (Instance instance : delta.instances()) {
      if (instance.phase() == InstancePhase.ENDED) {
        instances.remove(instance.id());
      } else {
        instances.put(instance.id(), instance);
      }
    }
    delta.queued().forEach(task -> queued.add(task.id()));
    queued.removeAll(delta.dequeued());
    version++;
  }

  @Override
  public Plan decide(Instant now) {
    ImmutableList.Builder<DecisionRecord> plan = ImmutableList.builder();
    int row = 0;
    long waiting = queued.size() - ready();
    for (Instance instance : instances.values()) {
      Action action = choose(instance, waiting > 0);
      if (action != null) {
        waiting -= action instanceof Action.Wake ? 1 : 0;
        plan.add(record(row++, now, action));
      }
    }
    while (waiting-- > 0 && instances.size() + row < MOST_INSTANCES) {
      plan.add(record(row++, now, new Action.Start(SimScheduler.CLASS)));
    }
    return new Plan(version, plan.build());
  }

  @Override
  public Ruling rule(Action.Move wish, String reason) {
    return new Ruling.Refused("nobody operates a simulation");
  }

  @Override
  public void learn(ActionOutcome outcome) {
    world.note("outcome %s %s".formatted(outcome.result(), outcome.intent()));
  }

  private long ready() {
    return instances.values().stream()
        .filter(
            instance ->
                instance.phase() == InstancePhase.IDLE
                    || instance.phase() == InstancePhase.STARTING
                    || instance.phase() == InstancePhase.WAKING)
        .count();
  }

  private @org.jspecify.annotations.Nullable Action choose(Instance instance, boolean wanted) {
    boolean rests = instance.phase() == InstancePhase.HIBERNATED;
    if (rests && instance.level() != HibernationLevel.AWAKE) {
      boolean wakeable = instance.canBeAt(instance.level());
      if (wakeable && (wanted || (!world.calm() && world.chance(0.2)))) {
        return new Action.Wake(instance.id(), instance.level());
      }
      boolean deeper = instance.level() != HibernationLevel.L3_FULL_SNAPSHOT && !world.calm();
      return deeper && world.chance(0.2) ? down(instance, deeper(instance.level())) : null;
    }
    if (instance.phase() != InstancePhase.IDLE || wanted || world.calm()) {
      return null;
    }
    double dice = world.random.nextDouble();
    if (dice < 0.3) {
      return down(instance, HibernationLevel.L1_RETAINED);
    }
    if (dice < 0.45) {
      return down(instance, HibernationLevel.L2_DATA_SNAPSHOT);
    }
    if (dice < 0.52) {
      return down(instance, HibernationLevel.L3_FULL_SNAPSHOT);
    }
    if (dice < 0.6) {
      return down(instance, HibernationLevel.L4_KERNEL_SNAPSHOT);
    }
    if (dice < 0.61) {
      return down(instance, HibernationLevel.TERMINATED);
    }
    return dice < 0.98
        ? new Action.Move(instance.id(), new NodeId("node-" + world.between(1, 3)))
        : null;
  }

  private HibernationLevel deeper(HibernationLevel level) {
    if (level == HibernationLevel.L1_RETAINED && world.chance(0.5)) {
      return HibernationLevel.L2_DATA_SNAPSHOT;
    }
    return level != HibernationLevel.L4_KERNEL_SNAPSHOT && world.chance(0.3)
        ? HibernationLevel.L4_KERNEL_SNAPSHOT
        : HibernationLevel.L3_FULL_SNAPSHOT;
  }

  private static Action down(Instance instance, HibernationLevel to) {
    return new Action.Hibernate(instance.id(), instance.level(), to);
  }

  private DecisionRecord record(int row, Instant now, Action action) {
    return new DecisionRecord(
        "d-%d-%d".formatted(version, row),
        now,
        version,
        "simulation",
        "random",
        action,
        "at random",
        Terms.of(),
        ImmutableList.of());
  }
}
