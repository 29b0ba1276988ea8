package io.dormouse.checkpoint.pki;

import java.io.IOException;

/** A certificate, key or authority can't be used; the message says why, and what may help. */
public final class PkiException extends IOException {
  private static final long serialVersionUID = 1;

  /** The likely fix follows "Maybe ". */
  public PkiException(String what, String maybe) {
    super("%s%nMaybe %s".formatted(what, maybe));
  }

  /** The same with what is behind it. */
  public PkiException(String what, String maybe, Throwable behind) {
    super("%s%nMaybe %s".formatted(what, maybe), behind);
  }
}
