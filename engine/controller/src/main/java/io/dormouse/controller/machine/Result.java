package io.dormouse.controller.machine;

/** How an action ended. */
public enum Result {
  /** It did what it was for. */
  DONE,
  /** It was undone; the instance is where it was, or awake. */
  UNDONE,
  /** The instance could not be brought back and is gone. */
  LOST
}
