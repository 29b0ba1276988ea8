package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One instance. Owned by its pool. */
final class Worker {
  /** Where an instance is, finer than its phase. */
  enum State {
    /** A container for a fresh start was asked for. */
    REQUESTED(InstancePhase.STARTING),
    /** The launcher was started; the worker has not answered yet. */
    STARTING(InstancePhase.STARTING),
    IDLE(InstancePhase.IDLE),
    BUSY(InstancePhase.BUSY),
    /** Out of rotation: it may be frozen, dumped and gone at any moment. */
    QUIESCED(InstancePhase.HIBERNATING),
    /** No container and no process; its image can be woken. */
    HIBERNATED(InstancePhase.HIBERNATED),
    /** A container for a wake was asked for. */
    ATTACH_REQUESTED(InstancePhase.WAKING),
    /** The launcher was started to attach. */
    ATTACHING(InstancePhase.WAKING),
    /** Asked for its state. */
    PROVING(InstancePhase.WAKING),
    ENDED(InstancePhase.ENDED);

    final InstancePhase phase;

    State(InstancePhase phase) {
      this.phase = phase;
    }
  }

  static final long NO_LINK = 0;

  final InstanceId id;
  final WorkerClass kind;
  State state = State.REQUESTED;
  Instant since;
  HibernationLevel level = HibernationLevel.AWAKE;
  @Nullable ContainerRef container;
  long link = NO_LINK;
  @Nullable PoolTask task;
  @Nullable Lineage lineage;
  @Nullable Instant deadline;
  @Nullable Instant relayDeadline;
  String nonce = "";
  @Nullable TaskId lastDone;

  Worker(InstanceId id, WorkerClass kind, Instant since) {
    this.id = id;
    this.kind = kind;
    this.since = since;
  }

  boolean is(State first, State... others) {
    boolean found = state == first;
    for (State other : others) {
      found |= state == other;
    }
    return found;
  }

  /** Whether it will take a task soon without a controller doing anything. */
  boolean isComing() {
    return is(State.REQUESTED, State.STARTING) || (state == State.PROVING && deadline != null);
  }

  /** Whether it may be free soon: it has a task, or nobody knows when it runs again. */
  boolean isOccupied() {
    return state == State.BUSY || (state == State.PROVING && deadline == null);
  }

  InstanceView view(String reason) {
    return new InstanceView(
        since, id, kind.id(), phase(), level, Optional.ofNullable(container), reason);
  }

  /** Whether its process stays in RAM at this level. */
  static boolean isFrozenAt(HibernationLevel level) {
    return level == HibernationLevel.L1_RETAINED || level == HibernationLevel.L2_DATA_SNAPSHOT;
  }

  /** Frozen in RAM is a level to rest at; anything deeper is a way still to go. */
  private InstancePhase phase() {
    return state == State.QUIESCED && isFrozenAt(level) ? InstancePhase.HIBERNATED : state.phase;
  }
}
