package io.dormouse.cli.pki;

import io.dormouse.checkpoint.pki.PkiException;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import java.io.IOException;

/** Turns what can go wrong with certificates into the command's end. */
final class Attempt {
  private Attempt() {}

  /** Does it. */
  static <T> T at(Work<T> work) {
    try {
      return work.done();
    } catch (PkiException refused) {
      throw new CommandFailure(ExitCode.FAILED, String.valueOf(refused.getMessage()), refused);
    } catch (IllegalArgumentException invalid) {
      throw new CommandFailure(ExitCode.BAD_USAGE, String.valueOf(invalid.getMessage()), invalid);
    } catch (IOException failed) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "A file can't be read or written: " + failed,
          "Maybe its folder belongs to another user, or the disk is full.",
          failed);
    }
  }

  /** Something that may fail. */
  interface Work<T> {
    T done() throws IOException;
  }
}
