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
    return failed(code(failure), failure.message());
  }

  private static FailureCode code(StoreFailure failure) {
    if (failure instanceof StoreFailure.Missing) {
      return FailureCode.IMAGE_MISSING;
    }
    if (failure instanceof StoreFailure.Claimed) {
      return FailureCode.IMAGE_CLAIMED;
    }
    if (failure instanceof StoreFailure.AlreadyPublished) {
      return FailureCode.WRONG_STATE;
    }
    if (failure instanceof StoreFailure.QuotaExceeded) {
      return FailureCode.QUOTA_EXCEEDED;
    }
    return transferCode(failure);
  }

  private static FailureCode transferCode(StoreFailure failure) {
    if (failure instanceof StoreFailure.BadOffer) {
      return FailureCode.IMAGE_CORRUPT;
    }
    if (failure instanceof StoreFailure.OtherKeys) {
      return FailureCode.OTHER_KEYS;
    }
    if (failure instanceof StoreFailure.NotTheOwners || failure instanceof StoreFailure.Refused) {
      return FailureCode.PERMISSION_DENIED;
    }
    if (failure instanceof StoreFailure.PeerUnreachable unreachable) {
      return unreachable.timedOut() ? FailureCode.TIMED_OUT : FailureCode.PEER_UNREACHABLE;
    }
    return FailureCode.STORE_FAILED;
  }
}
