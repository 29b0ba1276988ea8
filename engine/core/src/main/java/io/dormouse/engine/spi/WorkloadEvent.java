package io.dormouse.engine.spi;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Optional;

/** What happened to warm workers and their tasks. */
public sealed interface WorkloadEvent {
  /** When, by the application's clock. */
  Instant at();

  /**
   * An instance changed. A wake is from WAKING to the next IDLE or BUSY, a cold start from STARTING
   * to that: both end when the worker has answered.
   *
   * @param level the level it is at, or was woken from while WAKING
   * @param allocatedBytes memory that the scheduler holds for it now
   * @param reason why, for people
   */
  record InstanceChanged(
      Instant at,
      InstanceId instance,
      WorkloadClassId workloadClass,
      InstancePhase phase,
      HibernationLevel level,
      long allocatedBytes,
      String reason)
      implements WorkloadEvent {}

  /** A task came. */
  record TaskArrived(Instant at, TaskId task, WorkloadClassId workloadClass)
      implements WorkloadEvent {}

  /** A task was handed to an instance. */
  record TaskStarted(Instant at, TaskId task, InstanceId instance) implements WorkloadEvent {}

  /**
   * A task ended.
   *
   * @param duplicate whether the worker had run it before
   */
  record TaskDone(Instant at, TaskId task, InstanceId instance, boolean duplicate)
      implements WorkloadEvent {}

  /** A task was given up. */
  record TaskLost(Instant at, TaskId task, String reason) implements WorkloadEvent {}

  /**
   * A woken instance was asked for its state.
   *
   * @param mismatch what differs from what it should be; empty when all agrees
   */
  record StateProved(Instant at, InstanceId instance, Optional<String> mismatch)
      implements WorkloadEvent {}
}
