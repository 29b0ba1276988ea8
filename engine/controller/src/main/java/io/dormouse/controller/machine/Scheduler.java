package io.dormouse.controller.machine;

import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;

/** The scheduler's adapter. Does not block; answers come as inputs. */
@FunctionalInterface
public interface Scheduler {
  /** Has a command carried out. */
  void execute(Epoch epoch, SchedulerCommand command);
}
