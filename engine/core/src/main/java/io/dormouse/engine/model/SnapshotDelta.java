package io.dormouse.engine.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * What changed in a cluster since the snapshot before. Whole values replace those of the same id.
 *
 * @param takenAt when the change was seen
 * @param nodes nodes that are new or changed
 * @param goneNodes nodes that left
 * @param classes workload classes that are new or changed
 * @param instances instances that are new or changed; one in phase ENDED leaves the snapshot
 * @param queued tasks that began to wait
 * @param dequeued tasks that wait no longer
 * @param arrivals tasks that came, waiting or not, in order of arrival: what the forecasts learn
 *     from
 * @param pendingBytes memory that the scheduler is asked for by others than our instances and has
 *     no room for, bytes, at least 0; empty where that did not change
 */
public record SnapshotDelta(
    Instant takenAt,
    ImmutableList<Node> nodes,
    ImmutableSet<NodeId> goneNodes,
    ImmutableList<WorkloadClass> classes,
    ImmutableList<Instance> instances,
    ImmutableList<QueuedTask> queued,
    ImmutableSet<TaskId> dequeued,
    ImmutableList<Arrival> arrivals,
    OptionalLong pendingBytes) {

  /** Checks the pending memory. */
  public SnapshotDelta {
    if (pendingBytes.isPresent() && pendingBytes.getAsLong() < 0) {
      throw new IllegalArgumentException(
          "The pendingBytes (%d) must not be negative.".formatted(pendingBytes.getAsLong()));
    }
  }

  /**
   * A task came.
   *
   * @param workloadClass what it wants
   * @param at when
   */
  public record Arrival(WorkloadClassId workloadClass, Instant at) {}

  /** Nothing changed but the time. */
  public static SnapshotDelta empty(Instant takenAt) {
    return builder(takenAt).build();
  }

  /** Collects changes. */
  public static Builder builder(Instant takenAt) {
    return new Builder(takenAt);
  }

  /** Collects changes; not thread-safe. */
  public static final class Builder {
    private final Instant takenAt;
    private final ImmutableList.Builder<Node> nodes = ImmutableList.builder();
    private final ImmutableSet.Builder<NodeId> goneNodes = ImmutableSet.builder();
    private final ImmutableList.Builder<WorkloadClass> classes = ImmutableList.builder();
    private final ImmutableList.Builder<Instance> instances = ImmutableList.builder();
    private final ImmutableList.Builder<QueuedTask> queued = ImmutableList.builder();
    private final ImmutableSet.Builder<TaskId> dequeued = ImmutableSet.builder();
    private final ImmutableList.Builder<Arrival> arrivals = ImmutableList.builder();
    private OptionalLong pendingBytes = OptionalLong.empty();

    private Builder(Instant takenAt) {
      this.takenAt = takenAt;
    }

    /** Adds a new or changed node. */
    public Builder node(Node node) {
      nodes.add(node);
      return this;
    }

    /** Removes a node. */
    public Builder goneNode(NodeId node) {
      goneNodes.add(node);
      return this;
    }

    /** Adds a new or changed class. */
    public Builder workloadClass(WorkloadClass workloadClass) {
      classes.add(workloadClass);
      return this;
    }

    /** Adds a new or changed instance. */
    public Builder instance(Instance instance) {
      instances.add(instance);
      return this;
    }

    /** Adds a waiting task. */
    public Builder queued(QueuedTask task) {
      queued.add(task);
      return this;
    }

    /** Removes a waiting task. */
    public Builder dequeued(TaskId task) {
      dequeued.add(task);
      return this;
    }

    /** Adds an arrival. */
    public Builder arrival(WorkloadClassId workloadClass, Instant at) {
      arrivals.add(new Arrival(workloadClass, at));
      return this;
    }

    /** Sets the memory that others wait for, bytes. */
    public Builder pendingBytes(long bytes) {
      pendingBytes = OptionalLong.of(bytes);
      return this;
    }

    /** The delta. */
    public SnapshotDelta build() {
      return new SnapshotDelta(
          takenAt,
          nodes.build(),
          goneNodes.build(),
          classes.build(),
          instances.build(),
          queued.build(),
          dequeued.build(),
          arrivals.build(),
          pendingBytes);
    }
  }
}
