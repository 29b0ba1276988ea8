package io.dormouse.cli.scenario;

import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import io.dormouse.controller.decide.ScenariosFile;
import io.dormouse.engine.pricing.PricedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The prices and latencies that a study or report shares with the engine.
 *
 * @param file where they are from; empty for those that ship with the product
 * @param model the engine's own reading of it
 */
public record Scenarios(Optional<Path> file, PricedModel model) {
  /** Those that ship with the product. */
  public static Scenarios pinned() {
    return new Scenarios(Optional.empty(), PricedModel.reference());
  }

  /** Those of the user's own file. */
  public static Scenarios read(Path file) {
    Path absolute = file.toAbsolutePath();
    try {
      return new Scenarios(Optional.of(absolute), ScenariosFile.read(absolute));
    } catch (IOException unusable) {
      String cause = String.valueOf(unusable.getMessage());
      throw cause.contains("Maybe ")
          ? new CommandFailure(ExitCode.BAD_USAGE, cause, unusable)
          : new CommandFailure(
              ExitCode.BAD_USAGE,
              "The scenarios file %s can't be read: %s".formatted(file, unusable),
              "Maybe the path has a typing error, or the file is not readable for this user.",
              unusable);
    }
  }

  /** Whether these ship with the product. */
  public boolean isPinned() {
    return file.isEmpty();
  }

  /** Where they are from, for reports. */
  public String source() {
    return file.map(Path::toString).orElse("pinned");
  }
}
