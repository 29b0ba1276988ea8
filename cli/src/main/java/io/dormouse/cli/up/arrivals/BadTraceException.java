package io.dormouse.cli.up.arrivals;

import java.io.IOException;

/** A trace is not what it should be. The message says where, why, and what may help. */
public final class BadTraceException extends IOException {
  private static final long serialVersionUID = 1;

  BadTraceException(String where, String cause, String fix) {
    super("%s: %s%n%s".formatted(where, cause, fix));
  }
}
