package io.dormouse.controller.machine;

/**
 * Where an action stands. Each step is durable before its side effect; its command is sent, with
 * the same request id, until it is answered.
 */
public enum Step {
  /** Ask the scheduler to take the instance out of rotation. */
  QUIESCE(Target.SCHEDULER),
  /** Freeze the process under a lease. */
  FREEZE(Target.AGENT),
  /** Take an image of an instance that runs on, for most of it to be at its target beforehand. */
  DRAFT(Target.AGENT),
  /** Let another node have the draft. */
  HAND_OVER_DRAFT(Target.AGENT),
  /** Bring the draft over, onto fast storage. */
  PULL_DRAFT(Target.AGENT),
  /** Take an image; the source stays frozen under a lease. */
  DUMP(Target.AGENT),
  /** Let another node have the image, and the right to wake it. */
  HAND_OVER(Target.AGENT),
  /** Bring the image over from the node that has it. */
  PULL(Target.AGENT),
  /** Take an image of its data, and the data off the node's disk; it stays frozen under a lease. */
  EVICT(Target.AGENT),
  /** Have a copy of the image on the node's fast storage; without one it wakes like others. */
  CACHE(Target.AGENT),
  /** Give that copy's space back. */
  UNCACHE(Target.AGENT),
  /** The image is committed: end the source. From here on no command thaws it. */
  RELEASE_SOURCE(Target.AGENT),
  /** Give the allocation back to the scheduler. */
  RELEASE_ALLOCATION(Target.SCHEDULER),
  /** Compensation: let the source run on. */
  UNDO_THAW(Target.AGENT),
  /** Compensation: put the source back into rotation. */
  UNDO_RESUME(Target.SCHEDULER),
  /** Ask the scheduler for a second place. */
  RESERVE(Target.SCHEDULER),
  /** Tell the scheduler that the instance runs in its second place. */
  REDIRECT(Target.SCHEDULER),
  /** Compensation: give the second place back. */
  UNRESERVE(Target.SCHEDULER),
  /** Ask the scheduler for a fresh allocation. */
  ALLOCATE(Target.SCHEDULER),
  /** Wait until the launcher attaches at an agent. */
  AWAIT_LAUNCHER(Target.NOBODY),
  /** Restore the image, frozen. */
  RESTORE(Target.AGENT),
  /** Let the instance run. After a restore: the new life is committed. */
  THAW(Target.AGENT),
  /** Put the instance back into rotation. */
  RESUME(Target.SCHEDULER),
  /** Compensation: end a restored copy that never ran. */
  ABORT_COPY(Target.AGENT),
  /** Compensation: give the fresh allocation back. */
  ABORT_ALLOCATION(Target.SCHEDULER),
  /** End what is left of an instance's process. */
  END_PROCESS(Target.AGENT),
  /** End the instance for good. */
  END_INSTANCE(Target.SCHEDULER),
  /** Start a fresh instance. */
  START(Target.SCHEDULER);

  private final Target target;

  Step(Target target) {
    this.target = target;
  }

  /** Who carries the step out. */
  public Target target() {
    return target;
  }

  /** Whether how long its agent takes for it tells what going to a level costs. */
  boolean isMeasured() {
    return switch (this) {
      case FREEZE, EVICT, DUMP, CACHE -> true;
      default -> false;
    };
  }

  /** Whether it brings an image, or a draft of one, over from another node. */
  boolean isPull() {
    return this == PULL || this == PULL_DRAFT;
  }

  /** Who carries out a step. */
  public enum Target {
    /** The node's agent. */
    AGENT,
    /** The scheduler, through its adapter. */
    SCHEDULER,
    /** Nobody: the step waits. */
    NOBODY
  }
}
