package io.dormouse.engine.plan;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.explain.RejectedOption;
import io.dormouse.engine.explain.Term;
import io.dormouse.engine.model.Money;
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
    ImmutableList<Term> terms,
    Supplier<Why> why) {
  /**
   * A proposal in words.
   *
   * @param reason one sentence for people
   * @param rejected what else was weighed
   */
  public record Why(String reason, ImmutableList<RejectedOption> rejected) {}

  /** The sum of what speaks for it: positive. */
  public Money benefit() {
    return sum(1);
  }

  /** The sum of what speaks against it, as a positive amount. */
  public Money disruption() {
    return sum(-1);
  }

  /** Benefit less disruption. */
  public Money netValue() {
    return benefit().minus(disruption());
  }

  /** Whether the benefit is above k times the disruption. */
  public boolean isWorth(double k) {
    return benefit().usd() > k * disruption().usd();
  }

  private Money sum(int sign) {
    double usd = 0;
    for (Term term : terms) {
      usd += Math.max(0, sign * term.money().usd());
    }
    return new Money(usd);
  }
}
