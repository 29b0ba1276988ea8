package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.Failure;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.VerifyResult;

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
    return failed(told(code, failure), failure.message());
  }

  private static FailureCode told(FailureCode code, EngineFailure failure) {
    if (failure instanceof EngineFailure.TimedOut) {
      return FailureCode.TIMED_OUT;
    } else if (failure instanceof EngineFailure.Unsupported) {
      return FailureCode.UNSUPPORTED;
    } else if (failure instanceof EngineFailure.NothingToEvict) {
      return FailureCode.NOTHING_TO_EVICT;
    }
    return failure instanceof EngineFailure.DataChanged ? FailureCode.DATA_CHANGED : code;
  }

  /** Why an image could not be fetched. */
  static AgentResult failed(VerifyResult result) {
    if (result instanceof VerifyResult.Missing) {
      return failed(FailureCode.IMAGE_MISSING, result.message());
    }
    if (result instanceof VerifyResult.OtherFormat) {
      return failed(FailureCode.UNSUPPORTED, result.message());
    }
    return failed(
        result instanceof VerifyResult.Corrupt
            ? FailureCode.IMAGE_CORRUPT
            : FailureCode.STORE_FAILED,
        result.message());
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
