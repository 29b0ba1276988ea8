package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.NodeId;

/** What came of a step. */
sealed interface Outcome {
  /**
   * It was done.
   *
   * @param late whether its deadline had passed
   */
  record Done(boolean late) implements Outcome {}

  /**
   * The agent could not do it.
   *
   * @param seen the state that the agent last reported for the life in question; ENDED where it
   *     knows of none
   */
  record Failed(FailureCode code, String message, InstanceState seen) implements Outcome {}

  /** The scheduler would not do it, or did it where it is of no use. */
  record Refused(String reason) implements Outcome {}

  /** A launcher attached; {@code life} names the generation to begin. */
  record Attached(NodeId node, String life) implements Outcome {}

  /** The deadline of a step that only waits has passed. */
  record Expired() implements Outcome {}
}
