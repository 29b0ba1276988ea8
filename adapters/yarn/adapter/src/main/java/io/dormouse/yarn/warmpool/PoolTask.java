package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;

/**
 * A task in the pool.
 *
 * @param argument one line for the worker
 * @param queuedAt when it came
 * @param attempts how often it was handed to a worker
 */
public record PoolTask(
    TaskId id, WorkloadClassId workloadClass, String argument, Instant queuedAt, int attempts) {
  /** The same task, handed out once more. */
  PoolTask attempted() {
    return new PoolTask(id, workloadClass, argument, queuedAt, attempts + 1);
  }
}
