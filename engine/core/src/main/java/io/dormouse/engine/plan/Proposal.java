package io.dormouse.engine.plan;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.explain.RejectedOption;
import io.dormouse.engine.explain.Terms;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClassId;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a policy would do.
 *
 * @param action what
 * @param workloadClass the class that it is about
 * @param needs what the scheduler must have room for, on one node; {@link Resources#NONE} for
 *     nothing new
 * @param movesImageOn the node that an image is read or written on; empty where none is, or where
 *     the node is not known yet
 * @param terms its value in parts
 * @param why its reasons, spelled out only if it is taken: most are not
 */
public record Proposal(
    Action action,
    WorkloadClassId workloadClass,
    Resources needs,
    Optional<NodeId> movesImageOn,
    Terms terms,
    Supplier<Why> why) {
  /**
   * A proposal in words.
   *
   * @param reason one sentence for people
   * @param rejected what else was weighed
   */
  public record Why(String reason, ImmutableList<RejectedOption> rejected) {}
}
