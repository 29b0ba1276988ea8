package io.dormouse.checkpoint.images.blobs;

import java.io.IOException;

/** Why a backend could not be used, as far as it can be told. */
public final class StoreAccessException extends IOException {
  private static final long serialVersionUID = 1;

  /** What kind of trouble. */
  public enum Kind {
    /** No answer within the time limits: nothing is known of what was asked last. */
    UNREACHABLE,
    /** No credentials, or they don't allow it. */
    DENIED,
    /** The server lacks what a store relies on. */
    UNSUITABLE,
    /** No space, or no quota, left. */
    FULL
  }

  private final Kind kind;

  /** Makes one; the reason is one line. */
  public StoreAccessException(Kind kind, String reason, Throwable cause) {
    super(reason, cause);
    this.kind = kind;
  }

  /** The kind of trouble. */
  public Kind kind() {
    return kind;
  }
}
