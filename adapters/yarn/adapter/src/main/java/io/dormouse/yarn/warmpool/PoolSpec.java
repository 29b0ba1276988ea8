package io.dormouse.yarn.warmpool;

import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import java.time.Duration;
import java.util.List;

/**
 * What a pool keeps, and its bounds.
 *
 * @param idPrefix begins the id of every instance, so that no two pools share one
 * @param classes what workers there are
 * @param keepAlive how long an idle worker lives where no engine decides
 * @param engine whether a controller may take charge
 * @param limits the bounds
 */
public record PoolSpec(
    String idPrefix, List<WorkerClass> classes, Duration keepAlive, boolean engine, Limits limits) {
  /** Copies the classes. */
  public PoolSpec {
    classes = List.copyOf(classes);
  }

  /**
   * What is never exceeded.
   *
   * @param queuedTasksMax tasks that wait, over all classes
   * @param instancesMax instances that are not ended
   * @param attemptsMax how often a task is handed out before it is given up
   * @param reclaimAfter how long an instance stays out of rotation while no controller is in charge
   * @param startTimeout from a container to the worker's first answer
   * @param attachTimeout from the request for a place to the woken worker's connection; longer than
   *     a controller waits for the launcher, the restore and the thaw together
   * @param taskTimeout from a task to its result
   * @param answerTimeout from a question to a running worker to its answer
   * @param reconnectTimeout how long a worker may be without its relay
   * @param scaleOutPatience how long a busy instance is waited for before another is started
   */
  public record Limits(
      int queuedTasksMax,
      int instancesMax,
      int attemptsMax,
      Duration reclaimAfter,
      Duration startTimeout,
      Duration attachTimeout,
      Duration taskTimeout,
      Duration answerTimeout,
      Duration reconnectTimeout,
      Duration scaleOutPatience) {
    /** Bounds for one machine. */
    public static final Limits DEFAULT =
        new Limits(
            20_000,
            500,
            3,
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofSeconds(15),
            Duration.ofSeconds(5));
  }
}
