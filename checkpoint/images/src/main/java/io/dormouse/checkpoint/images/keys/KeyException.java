package io.dormouse.checkpoint.images.keys;

import java.io.IOException;

/** A key is missing, malformed, unprotected or not the one that is wanted. */
public final class KeyException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The message says what to do about it, if that is known. */
  public KeyException(String message) {
    super(message);
  }

  KeyException(String message, Throwable cause) {
    super(message, cause);
  }
}
