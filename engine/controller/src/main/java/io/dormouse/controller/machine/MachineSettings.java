package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableSet;
import io.dormouse.engine.model.NodeId;
import java.time.Duration;

/**
 * What an operator may choose about the state machine.
 *
 * @param cell the cell's name
 * @param mode whether decisions are carried out at first
 * @param agents the cell's agents
 * @param beat time between decision cycles
 * @param lease how long agents keep something frozen without hearing from a leader; at least five
 *     beats
 * @param patience deadlines of steps
 * @param limits bounds
 */
public record MachineSettings(
    String cell,
    Mode mode,
    ImmutableSet<NodeId> agents,
    Duration beat,
    Duration lease,
    Patience patience,
    Limits limits) {
  /** Checks that leases outlive beats. */
  public MachineSettings {
    if (beat.isNegative() || beat.isZero()) {
      throw new IllegalArgumentException(
          "The beat (%s) must be positive.%nMaybe its unit is missing, as in 500ms."
              .formatted(beat));
    }
    if (lease.compareTo(beat.multipliedBy(5)) < 0) {
      throw new IllegalArgumentException(
          "The lease (%s) must be at least five beats of %s, since it is renewed every beat.%nMaybe raise the lease."
              .formatted(lease, beat));
    }
  }

  /**
   * Deadlines.
   *
   * @param quiesce for taking an instance out of rotation
   * @param freeze for a freeze or a thaw
   * @param dump for an image
   * @param allocate from the request for an allocation to the launcher's attachment
   * @param restore for a restore
   * @param resend after how long an unanswered request is sent again
   * @param cooldown how long an instance is left alone after an action that failed
   * @param announce how long a new leader waits for all agents before it goes on without some
   * @param settle how long a contradiction between registry and reports must last to be acted upon
   * @param missing how long a hibernated instance may be unknown to its scheduler before it counts
   *     as ended
   */
  public record Patience(
      Duration quiesce,
      Duration freeze,
      Duration dump,
      Duration allocate,
      Duration restore,
      Duration resend,
      Duration cooldown,
      Duration announce,
      Duration settle,
      Duration missing) {
    /** For daemons on real machines. */
    public static final Patience DEFAULT =
        new Patience(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(120),
            Duration.ofSeconds(60),
            Duration.ofSeconds(120),
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            Duration.ofMinutes(10));
  }

  /**
   * Bounds.
   *
   * @param actions most actions under way
   * @param dumpsPerNode most dumps and restores under way at a node
   * @param wakeAttempts how often a wake is tried before its instance counts as lost
   */
  public record Limits(int actions, int dumpsPerNode, int wakeAttempts) {
    /** For daemons on real machines. */
    public static final Limits DEFAULT = new Limits(64, 2, 3);

    /** Checks that all are positive. */
    public Limits {
      if (actions < 1 || dumpsPerNode < 1 || wakeAttempts < 1) {
        throw new IllegalArgumentException(
            "The limits (actions %d, dumpsPerNode %d, wakeAttempts %d) must be positive.%nMaybe mode: observe is what is wanted."
                .formatted(actions, dumpsPerNode, wakeAttempts));
      }
    }
  }
}
