package io.dormouse.cli.daemon;

import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.up.run.ParentWatch;
import io.dormouse.controller.Controller;
import io.dormouse.controller.config.ConfigException;
import io.dormouse.controller.config.ConfigLoader;
import io.dormouse.controller.config.ControllerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dormouse controller}. */
@Command(
    name = "controller",
    description =
        "Runs a controller; never installs anything. It only observes unless its file says act.")
public final class ControllerCommand extends BaseCommand {
  @Option(names = "--config", required = true, description = "Its YAML file.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path file;

  @Override
  protected ExitCode run(Console console) throws InterruptedException {
    ControllerConfig config = load();
    ParentWatch.begin();
    Controller controller = start(config);
    Runtime.getRuntime().addShutdownHook(new Thread(controller::close, "controller-shutdown"));
    console.text("The controller listens on port %d.".formatted(controller.restPort()));
    try {
      controller.ended().get();
      return ExitCode.OK;
    } catch (ExecutionException bug) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The controller stopped: %s".formatted(bug.getCause()),
          "Maybe this is a bug of Dormouse: report what its log says.",
          bug);
    }
  }

  private ControllerConfig load() {
    try {
      return ConfigLoader.load(file);
    } catch (ConfigException invalid) {
      throw new CommandFailure(
          ExitCode.BAD_USAGE,
          "The configuration %s is not usable: %s".formatted(file, invalid.getMessage()),
          invalid);
    } catch (IOException unreadable) {
      throw new CommandFailure(
          ExitCode.BAD_USAGE,
          "The configuration %s can't be read: %s".formatted(file, unreadable),
          "Maybe the path has a typing error.",
          unreadable);
    }
  }

  private static Controller start(ControllerConfig config) {
    try {
      return Controller.start(config);
    } catch (IOException | UncheckedIOException | IllegalArgumentException failure) {
      String cause = String.valueOf(failure.getMessage());
      throw cause.contains("Maybe ")
          ? new CommandFailure(ExitCode.FAILED, cause, failure)
          : new CommandFailure(
              ExitCode.FAILED,
              "The controller does not start: " + cause,
              "Maybe a port is in use, or a file is not readable for this user.",
              failure);
    }
  }
}
