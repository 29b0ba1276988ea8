package io.dormouse.engine.model;

/** What an instance is doing, as its scheduler and agent report it. */
public enum InstancePhase {
  /** Being started from nothing. */
  STARTING,
  /** Serving a task. */
  BUSY,
  /** Ready and without a task. */
  IDLE,
  /** On its way to a deeper level. */
  HIBERNATING,
  /** At a level other than AWAKE. */
  HIBERNATED,
  /** On its way back to AWAKE. */
  WAKING,
  /** Gone, and its image with it. */
  ENDED
}
