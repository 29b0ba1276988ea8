package io.dormouse.controller.config;

/** A configuration can't be used; the message says why, and what may help. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ConfigException(String what, String maybe) {
    super("%s%nMaybe %s".formatted(what, maybe));
  }
}
