package io.dormouse.controller.machine;

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
      case START -> afterStart(outcome);
    };
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
