package io.dormouse.controller.machine;

/** What an action is for. */
public enum Kind {
  /** Take an instance down to a level, or end it. */
  HIBERNATE,
  /** Bring an instance back. */
  WAKE,
  /** Start a fresh instance. */
  START
}
