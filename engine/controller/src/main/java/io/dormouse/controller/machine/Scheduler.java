package io.dormouse.controller.machine;

import io.dormouse.engine.spi.ClusterAdapter;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import java.time.Duration;

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
      public void charge(Epoch epoch, Duration lease) {
        adapter.charge(epoch, lease);
      }
    };
  }

  /** Has a command carried out. */
  void execute(Epoch epoch, SchedulerCommand command);

  /**
   * Says who decides on the scheduler's side; not answered, since it is said again every beat.
   *
   * @param lease how long this controller is in charge; zero where it only observes
   */
  void charge(Epoch epoch, Duration lease);
}
