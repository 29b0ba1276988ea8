package io.dormouse.checkpoint.images;

import java.io.IOException;

/** An offered image can't be read on; says why. */
public final class OfferException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient StoreFailure failure;

  /** {@code failure} is what {@link ImageStore#take} answers. */
  public OfferException(StoreFailure failure) {
    super(failure.message());
    this.failure = failure;
  }

  /** What is to be answered. */
  public StoreFailure failure() {
    return failure;
  }
}
