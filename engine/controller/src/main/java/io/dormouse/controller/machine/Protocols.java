package io.dormouse.controller.machine;

import io.dormouse.engine.spi.Epoch;
import java.time.Instant;
import java.util.Optional;

/** Which protocol an action follows. */
final class Protocols {
  private Protocols() {}

  static Transition after(
      Intent intent,
      Optional<InstanceRecord> record,
      Outcome outcome,
      Instant now,
      MachineSettings.Limits limits) {
    return switch (intent.kind()) {
      case HIBERNATE -> HibernateProtocol.after(intent, present(intent, record), outcome, now);
      case WAKE ->
          WakeProtocol.after(intent, present(intent, record), outcome, now, limits.wakeAttempts());
      case MOVE -> MoveProtocol.after(intent, present(intent, record), outcome, now);
      case START -> afterStart(outcome);
    };
  }

  /** What a new leader does first about an older one's action; if empty, it just goes on. */
  static Optional<Transition.Next> takenOver(
      Intent intent, Optional<InstanceRecord> record, Epoch leader) {
    if (intent.mayStandStill()) {
      return Optional.of(new Transition.Next(intent.askingAgain(leader), Optional.empty()));
    }
    return intent.kind() == Kind.MOVE
        ? MoveProtocol.takenOver(intent, present(intent, record))
        : Optional.empty();
  }

  private static Transition afterStart(Outcome outcome) {
    return outcome instanceof Outcome.Refused refused
        ? new Transition.Finish(Result.UNDONE, "not started: " + refused.reason(), Optional.empty())
        : new Transition.Finish(Result.DONE, "", Optional.empty());
  }

  private static InstanceRecord present(Intent intent, Optional<InstanceRecord> record) {
    return record.orElseThrow(() -> new IllegalStateException("No instance in " + intent));
  }
}
