package io.dormouse.controller.machine;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.Epoch;
import java.time.Instant;
import java.util.Optional;

/**
 * The durable record of an action, written before each of its steps takes effect.
 *
 * @param id unique within a cell
 * @param kind what it is for
 * @param decision the decision that it carries out; {@code recovery} where there was none
 * @param instance whom it concerns; empty for a start
 * @param workloadClass its class
 * @param from the level it started from
 * @param to the level it leads to
 * @param step where it stands
 * @param tries how often this step was asked for anew after a failure
 * @param attempt which wake attempt this is, from 0
 * @param node the agent that holds the process; empty while there is none; of a wake that is tried
 *     again, where the last attempt failed
 * @param image generation of the image that is made or woken; empty where there is none
 * @param draft names the draft that goes ahead of a move; empty where none does
 * @param life generation that runs or will run; empty while unknown
 * @param elsewhere the other of the two places of a move; empty where there is one only. Node and
 *     life are those of the place that the step is for, and change over with this one
 * @param problem why it is being undone; empty while all goes well
 * @param since when the action began
 */
public record Intent(
    String id,
    Kind kind,
    String decision,
    Optional<InstanceId> instance,
    WorkloadClassId workloadClass,
    HibernationLevel from,
    HibernationLevel to,
    Step step,
    int tries,
    int attempt,
    Optional<NodeId> node,
    String image,
    String draft,
    String life,
    Optional<Elsewhere> elsewhere,
    String problem,
    Instant since) {
  /**
   * Another place of an instance.
   *
   * @param node its agent; before a launcher attached there, the node as the scheduler calls it
   * @param life generation that runs or will run there; empty while unknown
   */
  public record Elsewhere(NodeId node, String life) {}

  /** The decision of actions that settle what reports contradict. */
  public static final String RECOVERY = "recovery";

  private static final int MAX_PROBLEM_CHARACTERS = 500;

  /** Names the request of this step; the same for every leader that takes the step. */
  public String requestId() {
    return "%s.%s.%d.%d".formatted(id, step, attempt, tries);
  }

  /** Goes to another step. */
  Intent at(Step next) {
    return copy(next, 0, attempt, node, life, problem);
  }

  /** Asks for this step anew. */
  Intent again() {
    return copy(step, tries + 1, attempt, node, life, problem);
  }

  /**
   * Asks the scheduler again, under a request id of this leader's own: since the last leader asked,
   * the scheduler may have taken the instance back.
   */
  Intent askingAgain(Epoch leader) {
    int number = 1 + (int) Math.floorMod(leader.czxid(), (long) Integer.MAX_VALUE - 1);
    return copy(Step.QUIESCE, number, attempt, node, life, problem);
  }

  /** Whether the process may be standing still already, by an earlier leader's command. */
  boolean mayStandStill() {
    boolean asked =
        switch (step) {
          case FREEZE, EVICT, DUMP, CACHE -> true;
          default -> false;
        };
    return kind == Kind.HIBERNATE
        && from == HibernationLevel.AWAKE
        && (asked || (step == Step.QUIESCE && tries > 0));
  }

  /** Goes to a step of compensation. */
  Intent undoing(Step next, String why) {
    String first = problem.isEmpty() ? why : problem;
    String bounded =
        first.length() > MAX_PROBLEM_CHARACTERS
            ? first.substring(0, MAX_PROBLEM_CHARACTERS)
            : first;
    return copy(next, 0, attempt, node, life, bounded);
  }

  /** Restores at a node. */
  Intent restoringAt(NodeId target, String newLife) {
    return copy(Step.RESTORE, 0, attempt, Optional.of(target), newLife, problem);
  }

  /** A copy will begin its life elsewhere. */
  Intent withCopyAt(NodeId target, String newLife) {
    Optional<Elsewhere> other = Optional.of(new Elsewhere(target, newLife));
    return copy(step, tries, attempt, node, draft, life, other, problem);
  }

  /** Most of it goes ahead in a draft, if that has a name. */
  Intent withDraft(String name) {
    return copy(step, tries, attempt, node, name, life, elsewhere, problem);
  }

  /** Goes on at the other place. */
  Intent elsewhereAt(Step next) {
    Elsewhere other = elsewhereOrFail();
    return copy(
        next,
        0,
        attempt,
        Optional.of(other.node()),
        draft,
        other.life(),
        Optional.of(new Elsewhere(nodeOrFail(), life)),
        problem);
  }

  Elsewhere elsewhereOrFail() {
    return elsewhere.orElseThrow(() -> new IllegalStateException("No other place in " + this));
  }

  /** Tries a wake from its first step on. */
  Intent nextAttempt() {
    return copy(Step.ALLOCATE, 0, attempt + 1, node, "", "");
  }

  /** Never got as far as a life to begin: the next decision tries again. */
  Intent withoutLife() {
    return copy(step, tries, attempt, node, "", problem);
  }

  /** Counts as another attempt. */
  Intent withAttempt(int number) {
    return copy(step, tries, number, node, life, problem);
  }

  /** Whether no decision stands behind it. */
  public boolean isRecovery() {
    return decision.equals(RECOVERY);
  }

  InstanceId instanceOrFail() {
    return instance.orElseThrow(() -> new IllegalStateException("No instance in " + this));
  }

  NodeId nodeOrFail() {
    return node.orElseThrow(() -> new IllegalStateException("No node in " + this));
  }

  private Intent copy(
      Step next, int tries, int attempt, Optional<NodeId> node, String life, String problem) {
    return copy(next, tries, attempt, node, draft, life, elsewhere, problem);
  }

  private Intent copy(
      Step next,
      int tries,
      int attempt,
      Optional<NodeId> node,
      String draft,
      String life,
      Optional<Elsewhere> elsewhere,
      String problem) {
    return new Intent(
        id,
        kind,
        decision,
        instance,
        workloadClass,
        from,
        to,
        next,
        tries,
        attempt,
        node,
        image,
        draft,
        life,
        elsewhere,
        problem,
        since);
  }
}
