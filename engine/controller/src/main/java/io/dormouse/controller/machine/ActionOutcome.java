package io.dormouse.controller.machine;

import java.time.Duration;
import java.time.Instant;

/**
 * How an action ended.
 *
 * @param intent the action, at its last step
 * @param result how it ended
 * @param reason why, unless it did what it was for; empty then
 * @param endedAt when
 * @param active how long the decisive commands took: the freeze or dump of a hibernation; zero
 *     where there was none
 * @param imageBytes size of the image that was made; 0 where there was none
 * @param epoch the leader that ended it
 */
public record ActionOutcome(
    Intent intent,
    Result result,
    String reason,
    Instant endedAt,
    Duration active,
    long imageBytes,
    String epoch) {
  /** From the intent to the end. */
  public Duration total() {
    return Duration.between(intent.since(), endedAt);
  }

  /** Whether it did what it was for. */
  public boolean done() {
    return result == Result.DONE;
  }
}
