package io.dormouse.engine.explain;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.plan.Action;
import java.time.Instant;

/**
 * Why one action was planned.
 *
 * @param id unique within a cell: {@code d-<snapshot version>-<row in its plan>}
 * @param at the time of the snapshot it was decided on
 * @param snapshotVersion the snapshot it was decided on
 * @param configVersion the configuration in force
 * @param modelVersion the forecaster in force
 * @param action what is to be done
 * @param reason one sentence for people
 * @param terms what its value is made of
 * @param rejected what else was weighed
 */
public record DecisionRecord(
    String id,
    Instant at,
    long snapshotVersion,
    String configVersion,
    String modelVersion,
    Action action,
    String reason,
    Terms terms,
    ImmutableList<RejectedOption> rejected) {}
