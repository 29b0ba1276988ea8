package io.dormouse.engine.model;

import java.time.Duration;

/** How an instance, or the node under it, may be interrupted. */
public enum Interruptibility {
  /** At any moment, without notice. */
  IMMEDIATE(Duration.ZERO),
  /** With a notice of at least five minutes. */
  WARNING_5M(Duration.ofMinutes(5)),
  /** With a notice of at least thirty minutes. */
  GRACE_30M(Duration.ofMinutes(30)),
  /** Never by us: nothing that can stop or slow it may be planned. */
  NON_INTERRUPTIBLE(Duration.ofSeconds(Long.MAX_VALUE));

  private final Duration notice;

  Interruptibility(Duration notice) {
    this.notice = notice;
  }

  /** The least notice before an interruption. */
  public Duration notice() {
    return notice;
  }
}
