package io.dormouse.checkpoint.images.packs;

/** A pack, or what refers to it, is not as it was written. */
public final class CorruptPackException extends Exception {
  private static final long serialVersionUID = 1L;

  CorruptPackException(String reason) {
    super(reason);
  }

  CorruptPackException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
