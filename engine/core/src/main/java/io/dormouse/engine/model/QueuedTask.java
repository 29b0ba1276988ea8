package io.dormouse.engine.model;

import java.time.Instant;

/**
 * A task that waits for an instance.
 *
 * @param id the task
 * @param workloadClass the class of instance that it wants
 * @param queuedAt when it began to wait
 */
public record QueuedTask(TaskId id, WorkloadClassId workloadClass, Instant queuedAt) {}
