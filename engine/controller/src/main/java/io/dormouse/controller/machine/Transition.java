package io.dormouse.controller.machine;

import java.util.Optional;

/** Where an action goes after an outcome. The record, where given, is written with it. */
sealed interface Transition {
  /** The registry's new entry for the instance. */
  Optional<InstanceRecord> record();

  /** Another step, or the same anew. */
  record Next(Intent intent, Optional<InstanceRecord> record) implements Transition {}

  /** The end. */
  record Finish(Result result, String reason, Optional<InstanceRecord> record)
      implements Transition {}

  static Transition next(Intent intent) {
    return new Next(intent, Optional.empty());
  }

  static Transition next(Intent intent, InstanceRecord record) {
    return new Next(intent, Optional.of(record));
  }

  static Transition done(InstanceRecord record) {
    return new Finish(Result.DONE, "", Optional.of(record));
  }

  static Transition undone(String why, InstanceRecord record) {
    return new Finish(Result.UNDONE, why, Optional.of(record));
  }
}
