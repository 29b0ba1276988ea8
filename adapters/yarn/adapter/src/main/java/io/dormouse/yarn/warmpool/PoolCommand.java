package io.dormouse.yarn.warmpool;

import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;

/** A controller's command with the leader's epoch. */
public record PoolCommand(Epoch epoch, SchedulerCommand command) {

  /** How a command went. */
  public sealed interface Outcome {
    /** It was carried out. */
    record Done() implements Outcome {}

    /** It was not, and left nothing behind. */
    record Refused(String reason) implements Outcome {}
  }
}
