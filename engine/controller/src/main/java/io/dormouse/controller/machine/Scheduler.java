package io.dormouse.controller.machine;

import io.dormouse.engine.spi.ClusterAdapter;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import java.time.Duration;
import java.util.Optional;

/** The scheduler's adapter. Does not block; answers come as inputs. */
public interface Scheduler {
  /** The scheduler behind an adapter. */
  static Scheduler of(ClusterAdapter adapter) {
    return new Scheduler() {
      @Override
      public void execute(Epoch epoch, SchedulerCommand command) {
        adapter.execute(epoch, command);
      }

      @Override
      public Optional<String> onePlaceOnly() {
        return adapter.onePlaceOnly();
      }

      @Override
      public void charge(Epoch epoch, Duration lease) {
        adapter.charge(epoch, lease);
      }
    };
  }

  /** Why it gives no instance a second place, so that none can move; empty where it does. */
  Optional<String> onePlaceOnly();

  /** Has a command carried out. */
  void execute(Epoch epoch, SchedulerCommand command);

  /**
   * Says who decides on the scheduler's side; not answered, since it is said again every beat.
   *
   * @param lease how long this controller is in charge; zero where it only observes
   */
  void charge(Epoch epoch, Duration lease);
}
