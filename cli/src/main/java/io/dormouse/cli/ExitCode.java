package io.dormouse.cli;

/** What every command ends with. */
public enum ExitCode {
  /** Done. */
  OK(0),
  /** Tried and failed. */
  FAILED(1),
  /** Asked for wrongly; nothing was started. */
  BAD_USAGE(2),
  /** Nothing to do, or not found. */
  NOTHING(3);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The number that the shell sees. */
  public int code() {
    return code;
  }
}
