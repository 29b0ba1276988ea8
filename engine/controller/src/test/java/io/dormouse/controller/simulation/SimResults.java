package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.Failure;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;

/** What agents answer. */
final class SimResults {
  private SimResults() {}

  static AgentResult done(SimInstance instance) {
    return AgentResult.newBuilder().setDone(Done.newBuilder().setStatus(instance.status())).build();
  }

  static AgentResult failed(FailureCode code, String message) {
    return AgentResult.newBuilder()
        .setFailure(Failure.newBuilder().setCode(code).setMessage(message))
        .build();
  }
}
