package io.dormouse.engine.spi;

import java.time.Duration;
import java.util.Optional;
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

  /**
   * Why this scheduler gives no instance a second place, so that none can be moved; empty where it
   * does.
   */
  Optional<String> onePlaceOnly();

  /**
   * Says who decides on what a scheduler's side could decide by itself, such as when to start and
   * end the instances of a pool. Said again every beat, and never waited for: a controller that
   * falls silent is in charge no longer.
   *
   * @param epoch the leader's; older ones are not heard any more
   * @param lease how long this controller is in charge from now on; zero where the scheduler's side
   *     decides, since the controller only observes
   */
  void charge(Epoch epoch, Duration lease);

  /** Stops observing; leaves the cluster as it is. Waits at most ten seconds. */
  @Override
  void close();
}
