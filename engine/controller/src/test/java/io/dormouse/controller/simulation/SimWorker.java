package io.dormouse.controller.simulation;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.TaskId;
import java.time.Instant;
import java.util.Optional;

/** A warm worker, as its application knows it. */
final class SimWorker {
  static final Resources REQUEST = Resources.of(1_000, 1 << 29);

  final InstanceId id;
  InstancePhase phase = InstancePhase.STARTING;
  Optional<String> node = Optional.empty();
  Optional<TaskId> task = Optional.empty();

  /** Where it moves to. */
  Optional<String> second = Optional.empty();

  int reservation;
  int placement;

  /** It was taken back into rotation by its application, and serves once its process runs. */
  boolean reclaimed;

  /** When it entered its phase. */
  long sinceMillis;

  SimWorker(InstanceId id) {
    this.id = id;
  }

  Instance describe(Instant now) {
    return new Instance(
        id,
        SimScheduler.CLASS,
        Optional.empty(),
        phase,
        HibernationLevel.AWAKE,
        now,
        node.isPresent() ? REQUEST : Resources.NONE,
        1 << 28,
        0,
        Interruptibility.IMMEDIATE);
  }
}
