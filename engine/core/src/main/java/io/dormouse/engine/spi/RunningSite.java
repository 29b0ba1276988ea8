package io.dormouse.engine.spi;

import io.dormouse.engine.model.NodeId;
import java.io.IOException;
import java.util.Map;

/** An embedded site that is up. Thread-safe. */
public interface RunningSite extends AutoCloseable {
  /** What a controller's adapter needs to join it ({@link ClusterAdapterFactory#create}). */
  Map<String, String> adapterSettings();

  /** Deploys warm workers. */
  RunningWorkload deploy(WorkloadRequest request) throws IOException, InterruptedException;

  /**
   * Submits a plain application of one container that knows nothing of us and just holds its
   * memory.
   *
   * @return the scheduler's id of it; it runs once the scheduler has room
   */
  String submitPlain(long memoryBytes) throws IOException, InterruptedException;

  /** Whether a plain application has got its memory. */
  boolean isRunning(String applicationId) throws IOException, InterruptedException;

  /** Ends an application. */
  void kill(String applicationId) throws IOException, InterruptedException;

  /** Ends a node's scheduler daemon abruptly and starts it again, keeping its recovery state. */
  void restartNode(NodeId node) throws IOException, InterruptedException;

  /** Ends all daemons, in bounded time; leaves no process. */
  @Override
  void close();
}
