package io.dormouse.checkpoint.launcher;

/**
 * What the launcher's exit tells a scheduler. Any other code is the instance's own (128 + signal if
 * a signal ended it); an instance that itself exits with one of the codes 80 to 83 is reported as
 * {@link #FAILED}, with a line on stderr.
 */
public final class ExitCodes {
  /** The instance ended by itself with 0, or the request was carried out. */
  public static final int OK = 0;

  /** The request failed, or the instance ended in a way that has no code of its own. */
  public static final int FAILED = 1;

  /** The command line is wrong. */
  public static final int USAGE = 2;

  /**
   * The image is committed and the process gone: a later {@code attach} brings the instance back.
   */
  public static final int HIBERNATED = 80;

  /** The instance is gone without having ended by itself. */
  public static final int LOST = 81;

  /** The agent said no; the reason is on stderr. */
  public static final int REFUSED = 82;

  /** No agent listens, or it was gone for longer than a restart takes. */
  public static final int UNREACHABLE = 83;

  private ExitCodes() {}

  /** Keeps an instance's own exit code apart from the launcher's. */
  static int ofInstance(int exitCode) {
    return exitCode >= HIBERNATED && exitCode <= UNREACHABLE ? FAILED : exitCode;
  }
}
