package io.dormouse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.TreeMap;
import org.assertj.core.groups.Tuple;

/** All that was reported, kept in plain maps: what a snapshot must equal. */
final class SnapshotHistory {
  private static final EnumSet<InstancePhase> SINKING =
      EnumSet.of(InstancePhase.HIBERNATING, InstancePhase.HIBERNATED);

  private final TreeMap<NodeId, Node> nodes = new TreeMap<>();
  private final TreeMap<TaskId, QueuedTask> queued = new TreeMap<>();
  private final TreeMap<WorkloadClassId, WorkloadClass> classes = new TreeMap<>();
  private final TreeMap<WorkloadClassId, Instant> lastArrivals = new TreeMap<>();

  /** All reports of each instance, the newest first. */
  private final TreeMap<InstanceId, Deque<Instance>> instances = new TreeMap<>();

  private long pendingBytes;

  void add(SnapshotDelta delta) {
    delta.nodes().forEach(node -> nodes.put(node.id(), node));
    delta.goneNodes().forEach(nodes::remove);
    delta.queued().forEach(task -> queued.put(task.id(), task));
    delta.dequeued().forEach(queued::remove);
    for (Instance instance : delta.instances()) {
      instances.computeIfAbsent(instance.id(), id -> new ArrayDeque<>()).push(instance);
    }
    instances.values().removeIf(reports -> reports.getFirst().phase() == InstancePhase.ENDED);
    for (WorkloadClass workloadClass : delta.classes()) {
      classes.put(workloadClass.id(), workloadClass);
      workloadClass.lastArrival().ifPresent(at -> arrived(workloadClass.id(), at));
    }
    delta.arrivals().stream()
        .filter(arrival -> classes.containsKey(arrival.workloadClass()))
        .forEach(arrival -> arrived(arrival.workloadClass(), arrival.at()));
    pendingBytes = delta.pendingBytes().orElse(pendingBytes);
  }

  void assertEqualTo(ClusterSnapshot snapshot) {
    assertThat(snapshot.nodes()).containsExactlyElementsOf(nodes.values());
    assertThat(snapshot.queuedTasks()).containsExactlyElementsOf(queued.values());
    assertThat(snapshot.pendingBytes()).isEqualTo(pendingBytes);
    assertThat(snapshot.instanceRows())
        .containsExactlyElementsOf(
            instances.values().stream()
                .map(reports -> new InstanceRow(reports.getFirst(), idleSince(reports)))
                .toList());
    assertThat(snapshot.classes())
        .extracting(WorkloadClass::id, known -> known.lastArrival().orElse(Instant.MIN))
        .containsExactlyElementsOf(
            classes.keySet().stream()
                .map(id -> Tuple.tuple(id, lastArrivals.getOrDefault(id, Instant.MIN)))
                .toList());
  }

  private void arrived(WorkloadClassId id, Instant at) {
    lastArrivals.merge(id, at, (one, other) -> one.isAfter(other) ? one : other);
  }

  /** Back through the levels that it sank through, to where it was awake. */
  private static Instant idleSince(Deque<Instance> newestFirst) {
    Iterator<Instance> reports = newestFirst.iterator();
    Instance now = reports.next();
    while (reports.hasNext()) {
      Instance before = reports.next();
      boolean sank =
          SINKING.contains(now.phase())
              && (SINKING.contains(before.phase()) || before.phase() == InstancePhase.IDLE);
      boolean failed =
          now.phase() == InstancePhase.IDLE && before.phase() == InstancePhase.HIBERNATING;
      boolean again = now.phase() == before.phase() && now.phaseSince().equals(before.phaseSince());
      if (!sank && !failed && !again) {
        break;
      }
      now = before;
    }
    return now.phaseSince();
  }
}
