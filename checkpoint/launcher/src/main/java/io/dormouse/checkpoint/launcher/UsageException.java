package io.dormouse.checkpoint.launcher;

/** The command line is wrong; the message says what and how it should be. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
