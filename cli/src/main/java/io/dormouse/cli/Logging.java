package io.dormouse.cli;

/**
 * Sets the system properties that {@code logback.xml} reads; so it must run before the first log.
 */
final class Logging {
  private Logging() {}

  static void configure(boolean daemon, boolean verbose) {
    setDefault("dormouse.log.level", daemon ? "INFO" : verbose ? "DEBUG" : "WARN");
    setDefault("dormouse.log.others.level", daemon && verbose ? "INFO" : "WARN");
  }

  private static void setDefault(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }
}
