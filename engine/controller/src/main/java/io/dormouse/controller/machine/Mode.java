package io.dormouse.controller.machine;

/** Whether decisions are carried out. */
public enum Mode {
  /**
   * Decisions are made and recorded, not carried out: the scheduler's side decides as if there were
   * no controller, and what is frozen thaws when its lease ends. But what is hibernated is still
   * woken when it is wanted, and what is under way is finished.
   */
  OBSERVE,
  /** Decisions are carried out. */
  ACT
}
