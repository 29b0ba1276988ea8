package io.dormouse.controller.machine;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Instances that were ordered and that the scheduler does not list yet, so that the engine does not
 * order them again.
 */
final class Placeholders {
  private final TreeMap<InstanceId, Instance> expected = new TreeMap<>();

  InstanceId expect(String action, WorkloadClassId workloadClass, Resources request, Instant now) {
    InstanceId id = idOf(action);
    expected.put(id, starting(id, workloadClass, request, now));
    return id;
  }

  Optional<InstanceId> drop(String action) {
    return Optional.ofNullable(expected.remove(idOf(action))).map(Instance::id);
  }

  List<InstanceId> dropBefore(Instant limit) {
    List<InstanceId> late =
        expected.values().stream()
            .filter(placeholder -> placeholder.phaseSince().isBefore(limit))
            .map(Instance::id)
            .toList();
    late.forEach(expected::remove);
    return late;
  }

  /** A new instance is listed: it is the one that was expected first. */
  Optional<InstanceId> replace(WorkloadClassId workloadClass) {
    Optional<InstanceId> first =
        expected.values().stream()
            .filter(placeholder -> placeholder.workloadClass().equals(workloadClass))
            .findFirst()
            .map(Instance::id);
    first.ifPresent(expected::remove);
    return first;
  }

  Optional<Instance> find(InstanceId id) {
    return Optional.ofNullable(expected.get(id));
  }

  Set<InstanceId> ids() {
    return expected.keySet();
  }

  Collection<Instance> all() {
    return expected.values();
  }

  /** What stands for an instance that is no more. */
  static Instance ended(InstanceId id, Instant now) {
    return instance(id, new WorkloadClassId("ended"), InstancePhase.ENDED, Resources.NONE, now);
  }

  private static Instance starting(
      InstanceId id, WorkloadClassId workloadClass, Resources request, Instant now) {
    return instance(id, workloadClass, InstancePhase.STARTING, request, now);
  }

  private static Instance instance(
      InstanceId id,
      WorkloadClassId workloadClass,
      InstancePhase phase,
      Resources request,
      Instant now) {
    return new Instance(
        id,
        workloadClass,
        Optional.empty(),
        phase,
        phase == InstancePhase.ENDED ? HibernationLevel.TERMINATED : HibernationLevel.AWAKE,
        now,
        request,
        0,
        0,
        Interruptibility.IMMEDIATE);
  }

  private static InstanceId idOf(String action) {
    return new InstanceId("starting/" + action);
  }
}
