package io.dormouse.engine.spi;

import java.util.function.Consumer;

/**
 * One scheduler, as a controller sees it. Thread-safe; no method blocks on the network but {@link
 * #close}.
 */
public interface ClusterAdapter extends AutoCloseable {
  /**
   * Begins to observe and to accept commands.
   *
   * @param events receives every event, from threads of the adapter's own, in the order they
   *     happened
   */
  void start(Consumer<SchedulerEvent> events);

  /**
   * Carries out a command; its outcome comes as an event.
   *
   * @param epoch the leader's; plugins persist the highest and refuse lower ones
   */
  void execute(Epoch epoch, SchedulerCommand command);

  /** Stops observing; leaves the cluster as it is. Waits at most ten seconds. */
  @Override
  void close();
}
