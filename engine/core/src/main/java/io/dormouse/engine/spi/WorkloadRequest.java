package io.dormouse.engine.spi;

import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Duration;
import java.util.List;

/**
 * Warm workers to deploy.
 *
 * @param name the application's name
 * @param launcher argument vector of the launcher, without its own arguments
 * @param classes what workers there are
 * @param keepAlive how long an idle worker lives where no engine decides
 * @param engine whether a controller may take charge; while none is in charge, the keep-alive
 *     decides
 */
public record WorkloadRequest(
    String name,
    List<String> launcher,
    List<WorkerClass> classes,
    Duration keepAlive,
    boolean engine) {
  /** Copies the lists. */
  public WorkloadRequest {
    launcher = List.copyOf(launcher);
    classes = List.copyOf(classes);
  }

  /**
   * One class of workers.
   *
   * @param id the class
   * @param command argument vector of the worker, as seen inside the capsule
   * @param request what to ask of the scheduler per worker
   */
  public record WorkerClass(WorkloadClassId id, List<String> command, Resources request) {
    /** Copies the command. */
    public WorkerClass {
      command = List.copyOf(command);
    }
  }
}
