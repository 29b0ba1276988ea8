package io.dormouse.cli.image;

import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import java.io.IOException;

/** Turns typed failures of store and engines into the command's end. */
final class Answers {
  private Answers() {}

  static <T> T value(Stored<T> stored) {
    if (stored instanceof Stored.Ok<T> ok) {
      return ok.value();
    }
    StoreFailure failure = ((Stored.Failed<T>) stored).failure();
    throw new CommandFailure(exitCode(failure), failure.message());
  }

  /** Something that is done with key files. */
  interface KeyWork<T> {
    T result() throws IOException;
  }

  /** Does it; {@code what} is an infinitive phrase such as "rotate the keys". */
  static <T> T value(String what, KeyWork<T> work) {
    try {
      return work.result();
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, StoreFailure.of(what, e).message());
    }
  }

  private static ExitCode exitCode(StoreFailure failure) {
    if (failure instanceof StoreFailure.Missing || failure instanceof StoreFailure.NoStore) {
      return ExitCode.NOTHING;
    }
    return failure instanceof StoreFailure.BadAddress ? ExitCode.BAD_USAGE : ExitCode.FAILED;
  }

  static <T> T value(Outcome<T> outcome) {
    if (outcome instanceof Outcome.Ok<T> ok) {
      return ok.value();
    }
    EngineFailure failure = ((Outcome.Failed<T>) outcome).failure();
    throw new CommandFailure(
        failure instanceof EngineFailure.ProcessGone ? ExitCode.NOTHING : ExitCode.FAILED,
        failure.message());
  }
}
