package io.dormouse.cli.image;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dormouse image}: checkpoints by hand. */
@Command(
    name = "image",
    description = "Takes, wakes and keeps images of processes by hand.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ImageListCommand.class,
      ImageShowCommand.class,
      ImageVerifyCommand.class,
      ImageCopyCommand.class,
      ImageDeleteCommand.class,
      ImageGcCommand.class,
      ImageKeepCommand.class,
      ImageUsageCommand.class,
      ImageKeysCommand.class,
      ImageDumpCommand.class,
      ImageRestoreCommand.class
    })
public final class ImageCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "No command was given: list, show, verify, copy, delete, gc, keep, usage, keys, dump or restore.");
  }
}
