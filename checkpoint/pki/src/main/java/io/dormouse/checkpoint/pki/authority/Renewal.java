package io.dormouse.checkpoint.pki.authority;

import java.time.Duration;
import java.time.Instant;

/** What came of renewing a certificate. */
public sealed interface Renewal {
  /** A new one is in its place. */
  record Renewed(Issued issued) implements Renewal {}

  /** The old one is good for longer than asked; nothing was touched. */
  record NotDue(IssuedFiles files, Instant expires) implements Renewal {}

  /**
   * How to renew.
   *
   * @param within renew what ends in this time
   * @param validity of the new certificate, from now
   * @param newKey make a new key too
   */
  record Options(Duration within, Duration validity, boolean newKey) {
    /** Checks the time. */
    public Options {
      if (within.isNegative()) {
        throw new IllegalArgumentException(
            "The within (%s) must not be negative.%nMaybe use the default, 30d.".formatted(within));
      }
    }
  }
}
