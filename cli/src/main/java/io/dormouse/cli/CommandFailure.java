package io.dormouse.cli;

/**
 * Ends a command: printed as its message alone, without a stack trace unless {@code --verbose}. The
 * message names the cause; its last line starts with "Maybe" and names the likely fix.
 */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final ExitCode exitCode;

  /** A failure with its likely fix, written as a sentence that starts with "Maybe". */
  public CommandFailure(ExitCode exitCode, String cause, String fix) {
    super(cause + System.lineSeparator() + fix);
    this.exitCode = exitCode;
  }

  /** The same, keeping the exception behind it for {@code --verbose}. */
  public CommandFailure(ExitCode exitCode, String cause, String fix, Throwable behind) {
    super(cause + System.lineSeparator() + fix, behind);
    this.exitCode = exitCode;
  }

  /** A failure whose message already ends with its fix. */
  public CommandFailure(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The same, keeping the exception behind it for {@code --verbose}. */
  public CommandFailure(ExitCode exitCode, String message, Throwable behind) {
    super(message, behind);
    this.exitCode = exitCode;
  }

  /** What the process ends with. */
  public ExitCode exitCode() {
    return exitCode;
  }
}
