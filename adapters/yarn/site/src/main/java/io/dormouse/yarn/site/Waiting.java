package io.dormouse.yarn.site;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for other processes. */
final class Waiting {
  private Waiting() {}

  /** A question to another process. */
  interface Question {
    boolean ask() throws IOException, InterruptedException;
  }

  /**
   * Asks again and again until the answer is yes.
   *
   * @throws IOException when it is not yes in time
   */
  static void until(String what, Duration most, Duration pause, Question question)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    while (!question.ask()) {
      if (System.nanoTime() - end > 0) {
        throw new IOException(
            "Waiting for %s took longer than %d s.%nMaybe the machine is overloaded."
                .formatted(what, most.toSeconds()));
      }
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    }
  }
}
