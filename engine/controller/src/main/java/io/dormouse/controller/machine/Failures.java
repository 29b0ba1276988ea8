package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;

/** What agents' failures mean to a controller. */
final class Failures {
  private Failures() {}

  /** Whether asking again may help where giving up is no choice. */
  static boolean isTransient(FailureCode code) {
    return switch (code) {
      case TIMED_OUT,
          INTERNAL,
          STORE_FAILED,
          PEER_UNREACHABLE,
          FAILURE_CODE_UNSPECIFIED,
          UNRECOGNIZED ->
          true;
      case STALE_EPOCH,
          UNKNOWN_INSTANCE,
          WRONG_STATE,
          PERMISSION_DENIED,
          IMAGE_MISSING,
          IMAGE_CORRUPT,
          IMAGE_CLAIMED,
          DUMP_FAILED,
          RESTORE_FAILED,
          UNSUPPORTED,
          QUOTA_EXCEEDED,
          OTHER_KEYS,
          INVALID_REQUEST,
          NOTHING_TO_EVICT,
          DATA_CHANGED,
          FAST_STORAGE_FULL ->
          false;
    };
  }

  /** Whether another attempt to wake the same image is without hope. */
  static boolean isImageLost(FailureCode code) {
    return code == FailureCode.IMAGE_MISSING || code == FailureCode.IMAGE_CORRUPT;
  }

  /** Whether a frozen process must not run any more, as its data can't be brought back. */
  static boolean isDataLost(FailureCode code) {
    return isImageLost(code) || code == FailureCode.DATA_CHANGED;
  }
}
