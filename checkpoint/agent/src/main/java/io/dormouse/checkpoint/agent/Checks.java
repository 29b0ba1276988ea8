package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import java.util.UUID;

/** Refusals that several commands share. */
final class Checks {
  private Checks() {}

  static AgentResult unknown(String instance) {
    return Results.failed(
        FailureCode.UNKNOWN_INSTANCE,
        String.format(
            "The instance (%s) is not on this node.%n"
                + "Maybe it ended, or runs on another node; look at the inventory.",
            instance));
  }

  static AgentResult wrongState(InstanceRecord record, String wanted) {
    return Results.failed(
        FailureCode.WRONG_STATE,
        String.format(
            "The state (%s) of instance %s must be %s.%n"
                + "Maybe another command was quicker, or its lease ended; look at the inventory.",
            record.state(), record.origin().instance(), wanted));
  }

  static AgentResult noImages(Session session) {
    return Results.failed(
        FailureCode.UNSUPPORTED,
        String.format(
            "The engine (%s) of this node can't take images.%nMaybe run: dormouse doctor",
            session.parts.engine().name()));
  }

  static AgentResult staleImage(String instance, UUID generation) {
    return Results.failed(
        FailureCode.STORE_FAILED,
        String.format(
            "What an earlier dump left of image %s of %s can't be deleted.%n"
                + "Maybe it is still being written; try again.",
            generation, instance));
  }
}
