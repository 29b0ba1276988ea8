package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns exceptions of the platform into typed failures. */
final class EngineErrors {
  private static final Logger log = LoggerFactory.getLogger(EngineErrors.class);

  private EngineErrors() {}

  /** {@code what} is an infinitive phrase such as "copy the layer". */
  static EngineFailure io(String what, IOException error) {
    String reason = String.valueOf(error);
    return reason.contains("No space left")
        ? new EngineFailure.DiskFull(what)
        : new EngineFailure.Io(what, reason);
  }

  /** {@code what} could not be looked at, which says nothing about it. */
  static EngineFailure unknown(String what, @Nullable Throwable error) {
    return new EngineFailure.Unknown(what, String.valueOf(error));
  }

  static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("Could not delete {}: {}", file, e.toString());
    }
  }

  static void warn(String what, EngineFailure failure) {
    log.warn("{}: {}", what, failure.message());
  }
}
