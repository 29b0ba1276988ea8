package io.dormouse.engine.plan;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.explain.DecisionRecord;

/**
 * What one cycle decided, in order of execution.
 *
 * @param snapshotVersion the snapshot it was decided on
 * @param decisions actions with their reasons; at most one per instance
 * @param rejected what was proposed and not taken, the most valuable first; at most {@link
 *     #REJECTED_MAX}
 */
public record Plan(
    long snapshotVersion,
    ImmutableList<DecisionRecord> decisions,
    ImmutableList<RejectedProposal> rejected) {
  /** The most rejected proposals that a plan names. */
  public static final int REJECTED_MAX = 100;

  /** A plan for which nothing was rejected. */
  public Plan(long snapshotVersion, ImmutableList<DecisionRecord> decisions) {
    this(snapshotVersion, decisions, ImmutableList.of());
  }
}
