package io.dormouse.engine.model;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a cluster at one moment. Immutable; {@link #apply} makes the next one and shares
 * all that did not change. Instances are rows in the order of their ids: row numbers are good for
 * one snapshot only, so that columns may be laid out in any way.
 */
public final class ClusterSnapshot {
  private final long version;
  private final Instant takenAt;
  private final SortedTable<NodeId, Node> nodes;
  private final SortedTable<WorkloadClassId, WorkloadClass> classes;
  private final SortedTable<InstanceId, InstanceRow> instances;
  private final SortedTable<TaskId, QueuedTask> queued;
  private final long pendingBytes;

  private ClusterSnapshot(
      long version,
      Instant takenAt,
      SortedTable<NodeId, Node> nodes,
      SortedTable<WorkloadClassId, WorkloadClass> classes,
      SortedTable<InstanceId, InstanceRow> instances,
      SortedTable<TaskId, QueuedTask> queued,
      long pendingBytes) {
    this.version = version;
    this.takenAt = takenAt;
    this.nodes = nodes;
    this.classes = classes;
    this.instances = instances;
    this.queued = queued;
    this.pendingBytes = pendingBytes;
  }

  /** Version 0: nothing is known. */
  public static ClusterSnapshot empty(Instant takenAt) {
    return new ClusterSnapshot(
        0,
        takenAt,
        SortedTable.empty(Node::id),
        SortedTable.empty(WorkloadClass::id),
        SortedTable.empty(InstanceRow::id),
        SortedTable.empty(QueuedTask::id),
        0);
  }

  /**
   * The next version. Time never goes back: an older delta keeps this snapshot's time. What is both
   * new and gone in one delta is gone. An arrival sets its class's {@link
   * WorkloadClass#lastArrival}, which never goes back either.
   */
  public ClusterSnapshot apply(SnapshotDelta delta) {
    return new ClusterSnapshot(
        version + 1,
        delta.takenAt().isAfter(takenAt) ? delta.takenAt() : takenAt,
        nodes.with(delta.nodes(), delta.goneNodes()),
        classes.with(changedClasses(delta), List.of()),
        instances.with(changedRows(delta), endedInstances(delta)),
        queued.with(delta.queued(), delta.dequeued()),
        delta.pendingBytes().orElse(pendingBytes));
  }

  /**
   * The next version after a delta that is the whole cluster: what it does not name is gone. Of
   * instances and classes that it does name, what this snapshot remembers beyond it (since when an
   * instance is without work, when a class was wanted last) is kept.
   */
  public ClusterSnapshot replacedBy(SnapshotDelta whole) {
    ClusterSnapshot next =
        new ClusterSnapshot(
            version,
            takenAt,
            SortedTable.empty(Node::id),
            classes.with(List.of(), missingClasses(whole)),
            instances.with(List.of(), missingInstances(whole)),
            SortedTable.empty(QueuedTask::id),
            0);
    return next.apply(whole);
  }

  /** How many changes led here. */
  public long version() {
    return version;
  }

  /** When it was taken. */
  public Instant takenAt() {
    return takenAt;
  }

  /** Memory that the scheduler is asked for and has no room for, beyond our own, bytes. */
  public long pendingBytes() {
    return pendingBytes;
  }

  /** The machines, by id. */
  public SortedTable<NodeId, Node> nodes() {
    return nodes;
  }

  /** The workload classes, by id. */
  public SortedTable<WorkloadClassId, WorkloadClass> classes() {
    return classes;
  }

  /** The waiting tasks, by id. */
  public SortedTable<TaskId, QueuedTask> queuedTasks() {
    return queued;
  }

  /** An instance by its id. */
  public Optional<Instance> instance(InstanceId id) {
    return instances.find(id).map(InstanceRow::instance);
  }

  /** All instances with what the snapshot remembers of them, by id. */
  public SortedTable<InstanceId, InstanceRow> instanceRows() {
    return instances;
  }

  private List<InstanceRow> changedRows(SnapshotDelta delta) {
    Map<InstanceId, InstanceRow> rows = new LinkedHashMap<>();
    for (Instance instance : delta.instances()) {
      InstanceRow known = rows.get(instance.id());
      InstanceRow before = known != null ? known : instances.find(instance.id()).orElse(null);
      rows.put(instance.id(), InstanceRow.after(before, instance));
    }
    return new ArrayList<>(rows.values());
  }

  private static List<InstanceId> endedInstances(SnapshotDelta delta) {
    Map<InstanceId, InstancePhase> last = new LinkedHashMap<>();
    delta.instances().forEach(instance -> last.put(instance.id(), instance.phase()));
    last.values().removeIf(phase -> phase != InstancePhase.ENDED);
    return ImmutableList.copyOf(last.keySet());
  }

  private List<WorkloadClass> changedClasses(SnapshotDelta delta) {
    Map<WorkloadClassId, WorkloadClass> changed = new LinkedHashMap<>();
    for (WorkloadClass workloadClass : delta.classes()) {
      WorkloadClass before = knownClass(changed, workloadClass.id());
      Optional<Instant> last = before == null ? Optional.empty() : before.lastArrival();
      changed.put(workloadClass.id(), last.map(workloadClass::withArrival).orElse(workloadClass));
    }
    for (SnapshotDelta.Arrival arrival : delta.arrivals()) {
      WorkloadClass before = knownClass(changed, arrival.workloadClass());
      if (before != null) {
        changed.put(before.id(), before.withArrival(arrival.at()));
      }
    }
    return new ArrayList<>(changed.values());
  }

  private @Nullable WorkloadClass knownClass(
      Map<WorkloadClassId, WorkloadClass> changed, WorkloadClassId id) {
    WorkloadClass known = changed.get(id);
    return known != null ? known : classes.find(id).orElse(null);
  }

  private List<WorkloadClassId> missingClasses(SnapshotDelta whole) {
    List<WorkloadClassId> missing = new ArrayList<>();
    classes.forEach(known -> missing.add(known.id()));
    missing.removeAll(whole.classes().stream().map(WorkloadClass::id).collect(Collectors.toSet()));
    return missing;
  }

  private List<InstanceId> missingInstances(SnapshotDelta whole) {
    List<InstanceId> missing = new ArrayList<>();
    instances.forEach(known -> missing.add(known.id()));
    missing.removeAll(whole.instances().stream().map(Instance::id).collect(Collectors.toSet()));
    return missing;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClusterSnapshot that
        && version == that.version
        && pendingBytes == that.pendingBytes
        && takenAt.equals(that.takenAt)
        && nodes.equals(that.nodes)
        && classes.equals(that.classes)
        && instances.equals(that.instances)
        && queued.equals(that.queued);
  }

  @Override
  public int hashCode() {
    return Objects.hash(version, takenAt, pendingBytes, instances.size(), queued.size());
  }

  @Override
  public String toString() {
    return "ClusterSnapshot %d of %s: %d nodes, %d classes, %d instances, %d queued tasks"
        .formatted(version, takenAt, nodes.size(), classes.size(), instances.size(), queued.size());
  }
}
