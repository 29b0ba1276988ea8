package io.dormouse.cli.pki;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dormouse pki}: a private certificate authority. */
@Command(
    name = "pki",
    description = "Makes the certificates that agents and controllers show to each other.",
    mixinStandardHelpOptions = true,
    subcommands = {
      PkiInitCommand.class,
      PkiIssueCommand.class,
      PkiRenewCommand.class,
      PkiShowCommand.class
    })
public final class PkiCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "No command was given: init, issue, renew or show.");
  }
}
