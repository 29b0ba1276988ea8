package io.dormouse.cli;

import java.nio.file.Path;

/** Where the product is installed: the folder with {@code bin} and {@code lib}. */
public final class Installation {
  private Installation() {}

  /** As the start script says; else the working directory. */
  public static Path root() {
    return Path.of(System.getProperty("dormouse.installation", "")).toAbsolutePath().normalize();
  }
}
