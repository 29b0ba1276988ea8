package io.dormouse.checkpoint.images.packs;

/** An image was sealed under keys that this store does not have. */
public final class ForeignKeysException extends Exception {
  private static final long serialVersionUID = 1L;

  ForeignKeysException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
