package io.dormouse.controller.simulation;

import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.spi.SchedulerCommand;

/** What commands are about. */
final class SimCommands {
  private SimCommands() {}

  static InstanceId instanceOf(SchedulerCommand command) {
    if (command instanceof SchedulerCommand.Quiesce quiesce) {
      return quiesce.instance();
    }
    if (command instanceof SchedulerCommand.Resume resume) {
      return resume.instance();
    }
    if (command instanceof SchedulerCommand.Allocate allocate) {
      return allocate.instance();
    }
    if (command instanceof SchedulerCommand.Release release) {
      return release.instance();
    }
    if (command instanceof SchedulerCommand.Reserve reserve) {
      return reserve.instance();
    }
    if (command instanceof SchedulerCommand.Redirect redirect) {
      return redirect.instance();
    }
    if (command instanceof SchedulerCommand.Unreserve unreserve) {
      return unreserve.instance();
    }
    return ((SchedulerCommand.Terminate) command).instance();
  }
}
