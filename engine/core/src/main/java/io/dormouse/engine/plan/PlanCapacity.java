package io.dormouse.engine.plan;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import io.dormouse.engine.Cycle;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.InstanceRow;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.QueuedTask;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.model.WorkloadClassId;
import java.util.List;
import java.util.Optional;

/** The invariants of room and demand, reckoned in another way than the arbiter does. */
final class PlanCapacity {
  private PlanCapacity() {}

  static void check(Cycle cycle, Plan plan, List<String> violations) {
    ClusterSnapshot snapshot = cycle.snapshot();
    double neededBytes = 0;
    Multiset<WorkloadClassId> added = HashMultiset.create();
    for (DecisionRecord decision : plan.decisions()) {
      neededBytes += needs(snapshot, decision.action()).memoryBytes();
      addedTo(snapshot, decision.action()).ifPresent(added::add);
    }
    if (neededBytes > 0 && neededBytes > freeBytes(snapshot)) {
      violations.add("it needs %s bytes, more than there are".formatted(neededBytes));
    }
    if (!added.isEmpty()) {
      checkDemand(snapshot, added, violations);
    }
  }

  /** Nothing is woken or started twice for one task, and at most one per class without a task. */
  private static void checkDemand(
      ClusterSnapshot snapshot, Multiset<WorkloadClassId> added, List<String> violations) {
    Multiset<WorkloadClassId> queued = HashMultiset.create();
    for (QueuedTask task : snapshot.queuedTasks()) {
      queued.add(task.workloadClass());
    }
    Multiset<WorkloadClassId> supply = HashMultiset.create();
    for (InstanceRow row : snapshot.instanceRows()) {
      InstancePhase phase = row.instance().phase();
      if (phase == InstancePhase.IDLE || isOnItsWay(phase)) {
        supply.add(row.instance().workloadClass());
      }
    }
    for (WorkloadClassId id : added.elementSet()) {
      int allowed = Math.max(supply.contains(id) ? 0 : 1, queued.count(id) - supply.count(id));
      if (added.count(id) > allowed) {
        violations.add(
            "%d more of class %s where %d are wanted".formatted(added.count(id), id, allowed));
      }
    }
  }

  private static double freeBytes(ClusterSnapshot snapshot) {
    double free = 0;
    for (Node node : snapshot.nodes()) {
      if (node.healthy()) {
        free += Math.max(0, node.capacity().memoryBytes() - node.allocated().memoryBytes());
      }
    }
    for (InstanceRow row : snapshot.instanceRows()) {
      Instance instance = row.instance();
      if (isOnItsWay(instance.phase()) && instance.allocated().memoryBytes() == 0) {
        free -= request(snapshot, instance.workloadClass()).memoryBytes();
      }
    }
    return free;
  }

  private static Resources needs(ClusterSnapshot snapshot, Action action) {
    if (action instanceof Action.Start start) {
      return request(snapshot, start.workloadClass());
    }
    if (action instanceof Action.Wake wake) {
      return snapshot
          .instance(wake.instance())
          .filter(instance -> instance.allocated().memoryBytes() == 0)
          .map(instance -> request(snapshot, instance.workloadClass()))
          .orElse(Resources.NONE);
    }
    return Resources.NONE;
  }

  private static Optional<WorkloadClassId> addedTo(ClusterSnapshot snapshot, Action action) {
    if (action instanceof Action.Start start) {
      return Optional.of(start.workloadClass());
    }
    return action instanceof Action.Wake wake
        ? snapshot.instance(wake.instance()).map(Instance::workloadClass)
        : Optional.empty();
  }

  private static Resources request(ClusterSnapshot snapshot, WorkloadClassId id) {
    return snapshot.classes().find(id).map(WorkloadClass::request).orElse(Resources.NONE);
  }

  private static boolean isOnItsWay(InstancePhase phase) {
    return phase == InstancePhase.STARTING || phase == InstancePhase.WAKING;
  }
}
