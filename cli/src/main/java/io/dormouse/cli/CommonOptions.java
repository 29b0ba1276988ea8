package io.dormouse.cli;

import picocli.CommandLine.Option;

/** What every command takes. */
public final class CommonOptions {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(names = "--json", description = "Print one JSON document on stdout; logs go to stderr.")
  private boolean json;

  @Option(names = "--verbose", description = "Log more, and show stack traces.")
  private boolean verbose;

  /** Whether stdout is to be one JSON document. */
  public boolean json() {
    return json;
  }

  /** Whether to log more. */
  public boolean verbose() {
    return verbose;
  }

  /** Whether the usage was asked for; picocli then prints it. */
  public boolean help() {
    return help;
  }
}
