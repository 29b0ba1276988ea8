package io.dormouse.cli.image;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dormouse image keys}: what opens a store's images. */
@Command(
    name = "keys",
    description = "Shows and rotates the keys of a store, and erases owners' images by theirs.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ImageKeysShowCommand.class,
      ImageKeysRotateCommand.class,
      ImageKeysEraseCommand.class
    })
final class ImageKeysCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "No command was given: show, rotate or erase.");
  }
}
