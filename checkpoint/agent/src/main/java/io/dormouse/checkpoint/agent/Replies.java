package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.Accepted;
import io.dormouse.checkpoint.agentapi.proto.Ended;
import io.dormouse.checkpoint.agentapi.proto.RefusalCode;
import io.dormouse.checkpoint.agentapi.proto.Refused;
import io.dormouse.checkpoint.agentapi.proto.Started;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import io.dormouse.checkpoint.engines.InstanceState;

/** Replies to thin clients. */
final class Replies {
  static final ThinReply ACCEPTED =
      ThinReply.newBuilder().setAccepted(Accepted.getDefaultInstance()).build();

  private Replies() {}

  static ThinReply refused(RefusalCode code, String message) {
    return ThinReply.newBuilder()
        .setRefused(Refused.newBuilder().setCode(code).setMessage(message))
        .build();
  }

  static ThinReply started(InstanceState capsule) {
    return ThinReply.newBuilder()
        .setStarted(
            Started.newBuilder()
                .setGeneration(capsule.spec().generation().toString())
                .setStdinPath(capsule.stdio().stdin().toString())
                .setStdoutPath(capsule.stdio().stdout().toString())
                .setStderrPath(capsule.stdio().stderr().toString()))
        .build();
  }

  static ThinReply ended(InstanceRecord.End end) {
    return ThinReply.newBuilder()
        .setEnded(
            Ended.newBuilder()
                .setReason(end.reason())
                .setExitCode(end.exitCode())
                .setDetail(end.detail()))
        .build();
  }
}
