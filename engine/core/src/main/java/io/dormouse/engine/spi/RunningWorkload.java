package io.dormouse.engine.spi;

import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import java.io.IOException;
import java.util.function.Consumer;

/** Deployed warm workers. Thread-safe. */
public interface RunningWorkload extends AutoCloseable {
  /** The id that the scheduler gave the application. */
  String applicationId();

  /**
   * Hands over a task; it waits until an instance of the class takes it.
   *
   * @throws IOException when the application is gone or its queue is full
   */
  void submit(TaskId task, WorkloadClassId workloadClass, String argument) throws IOException;

  /** Receives all events from the first on, in order. One subscriber. */
  void subscribe(Consumer<WorkloadEvent> events);

  /** Ends the application and all its workers, in bounded time. */
  @Override
  void close();
}
