package io.dormouse.yarn.plugin;

/** Fencing number of the leader that made a plan. Immutable. */
final class PlanEpoch implements Comparable<PlanEpoch> {
  static final PlanEpoch NONE = new PlanEpoch(0, 0);

  final long incarnation;
  final long czxid;

  PlanEpoch(long incarnation, long czxid) {
    this.incarnation = incarnation;
    this.czxid = czxid;
  }

  @Override
  public int compareTo(PlanEpoch other) {
    int byIncarnation = Long.compare(incarnation, other.incarnation);
    return byIncarnation != 0 ? byIncarnation : Long.compare(czxid, other.czxid);
  }

  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof PlanEpoch && compareTo((PlanEpoch) other) == 0;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(incarnation * 31 + czxid);
  }

  @Override
  public String toString() {
    return incarnation + " " + czxid;
  }
}
