package io.dormouse.engine.spi;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import java.util.Optional;

/**
 * What a controller asks of a scheduler through its adapter. Each is idempotent by its request id:
 * the same id again gives the same outcome and does nothing twice.
 */
public sealed interface SchedulerCommand {
  /** Names this request; 1 to 200 characters; never used for another. */
  String requestId();

  /**
   * Take an instance out of rotation, since it goes to a level; refused while it serves a task.
   *
   * @param to the level; AWAKE where it moves; an instance that goes to L1 may be shown there at
   *     once, as it is resumed if that fails
   */
  record Quiesce(String requestId, InstanceId instance, HibernationLevel to)
      implements SchedulerCommand {}

  /** Put an instance back into rotation: it runs. */
  record Resume(String requestId, InstanceId instance) implements SchedulerCommand {}

  /**
   * Reserve a place for a hibernated instance and start its launcher there, which attaches to the
   * node's agent.
   *
   * @param near the node that it would rather have, as the scheduler calls it; any other will do
   */
  record Allocate(String requestId, InstanceId instance, Optional<NodeId> near)
      implements SchedulerCommand {
    /** Anywhere. */
    public Allocate(String requestId, InstanceId instance) {
      this(requestId, instance, Optional.empty());
    }
  }

  /** Give an instance's allocation back; its image is durable and its process gone. */
  record Release(String requestId, InstanceId instance) implements SchedulerCommand {}

  /**
   * Reserve a second place on a node for an instance that has one and keeps it, and start its
   * launcher there, which attaches to the node's agent. The instance stays in rotation. A scheduler
   * that knows no second place refuses.
   */
  record Reserve(String requestId, InstanceId instance, NodeId node) implements SchedulerCommand {}

  /**
   * An instance runs in its second place: what is for it goes there from now on, it is in rotation,
   * and its first place is given back.
   */
  record Redirect(String requestId, InstanceId instance) implements SchedulerCommand {}

  /** Give the second place back, if there is one; nothing of the instance ran there. */
  record Unreserve(String requestId, InstanceId instance) implements SchedulerCommand {}

  /** End an instance for good. */
  record Terminate(String requestId, InstanceId instance) implements SchedulerCommand {}

  /** Start a fresh instance. */
  record Start(String requestId, WorkloadClassId workloadClass) implements SchedulerCommand {}
}
