package io.dormouse.controller.traffic;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server in HAProxy's configuration. Its parts can't hold what the runtime API would take for
 * more than a name.
 */
public record ServerName(String backend, String server) {
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9_.:-]{1,128})/([A-Za-z0-9_.:-]{1,128})");

  /** Reads {@code backend/server}; empty where it is not of that form. */
  public static Optional<ServerName> parse(String text) {
    Matcher match = FORM.matcher(text);
    return match.matches()
        ? Optional.of(new ServerName(match.group(1), match.group(2)))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return backend + "/" + server;
  }
}
