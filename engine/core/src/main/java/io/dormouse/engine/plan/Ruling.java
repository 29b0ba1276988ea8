package io.dormouse.engine.plan;

import io.dormouse.engine.explain.DecisionRecord;

/** What became of a wish. */
public sealed interface Ruling {
  /** It is to be done. */
  record Granted(DecisionRecord decision) implements Ruling {}

  /**
   * It is not.
   *
   * @param reason for people
   */
  record Refused(String reason) implements Ruling {}
}
