package io.dormouse.engine.spi;

import java.util.Comparator;

/**
 * Fencing number of a leader.
 *
 * @param incarnation of the cell; raised by hand when an ensemble is rebuilt
 * @param czxid ZooKeeper transaction that made the leader's latch node
 */
public record Epoch(long incarnation, long czxid) implements Comparable<Epoch> {
  private static final Comparator<Epoch> ORDER =
      Comparator.comparingLong(Epoch::incarnation).thenComparingLong(Epoch::czxid);

  /** Checks that neither part is negative. */
  public Epoch {
    if (incarnation < 0 || czxid < 0) {
      throw new IllegalArgumentException(
          "The epoch (%d, %d) must not be negative.".formatted(incarnation, czxid));
    }
  }

  @Override
  public int compareTo(Epoch other) {
    return ORDER.compare(this, other);
  }
}
