package io.dormouse.controller.machine;

/** What an action is for. */
public enum Kind {
  /** Take an instance down to a level, or end it. */
  HIBERNATE,
  /** Bring an instance back. */
  WAKE,
  /** Take an instance to another node. */
  MOVE,
  /** Start a fresh instance. */
  START
}
