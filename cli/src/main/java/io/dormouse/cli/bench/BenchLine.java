package io.dormouse.cli.bench;

/**
 * A figure of ours beside a peer's.
 *
 * @param what was measured
 * @param unit of both figures: {@code s}, {@code MiB} …
 * @param ours the figure of this program
 * @param peer what it is compared with
 * @param peers the peer's figure in the same run, above 0
 * @param ratioMax the most that ours may be of the peer's
 */
public record BenchLine(
    String what, String unit, double ours, String peer, double peers, double ratioMax) {
  /** Refuses figures that can't be measured. */
  public BenchLine {
    if (!(peers > 0) || !(ours >= 0) || !(ratioMax > 0)) {
      throw new IllegalArgumentException(
          "The figures of '%s' (%s, %s, at most %s) must be positive."
              .formatted(what, ours, peers, ratioMax));
    }
  }

  /** Ours by the peer's. */
  public double ratio() {
    return ours / peers;
  }

  /** Whether it is as it should be. */
  public boolean holds() {
    return ratio() <= ratioMax;
  }
}
