package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.Failure;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.images.StoreFailure;

/** Results of commands. */
final class Results {
  private Results() {}

  static AgentResult done(Done.Builder done) {
    return AgentResult.newBuilder().setDone(done).build();
  }

  /** The message by {@link String#format}; its last line should begin with "Maybe". */
  static AgentResult failed(FailureCode code, String message) {
    return AgentResult.newBuilder()
        .setFailure(Failure.newBuilder().setCode(code).setMessage(message))
        .build();
  }

  static AgentResult failed(FailureCode code, EngineFailure failure) {
    FailureCode told =
        failure instanceof EngineFailure.TimedOut
            ? FailureCode.TIMED_OUT
            : failure instanceof EngineFailure.Unsupported ? FailureCode.UNSUPPORTED : code;
    return failed(told, failure.message());
  }

  static AgentResult failed(StoreFailure failure) {
    FailureCode code =
        failure instanceof StoreFailure.Missing
            ? FailureCode.IMAGE_MISSING
            : failure instanceof StoreFailure.Claimed
                ? FailureCode.IMAGE_CLAIMED
                : failure instanceof StoreFailure.AlreadyPublished
                    ? FailureCode.WRONG_STATE
                    : failure instanceof StoreFailure.QuotaExceeded
                        ? FailureCode.QUOTA_EXCEEDED
                        : FailureCode.STORE_FAILED;
    return failed(code, failure.message());
  }
}
