package io.dormouse.engine.plan;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.explain.DecisionRecord;

/**
 * What one cycle decided, in order of execution.
 *
 * @param snapshotVersion the snapshot it was decided on
 * @param decisions actions with their reasons; at most one per instance
 */
public record Plan(long snapshotVersion, ImmutableList<DecisionRecord> decisions) {}
