package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.RefusalCode;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import java.util.ArrayList;
import java.util.List;

/** A launcher that keeps what it is told. */
final class TestLauncher implements LauncherLink {
  final List<ThinReply> replies = new ArrayList<>();
  boolean open = true;

  @Override
  public void send(ThinReply reply) {
    replies.add(reply);
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }

  long started() {
    return replies.stream().filter(ThinReply::hasStarted).count();
  }

  EndReason ended() {
    return replies.stream()
        .filter(ThinReply::hasEnded)
        .map(r -> r.getEnded().getReason())
        .findFirst()
        .orElse(EndReason.END_REASON_UNSPECIFIED);
  }

  /** What it was told of the end. */
  String detail() {
    return replies.stream()
        .filter(ThinReply::hasEnded)
        .map(r -> r.getEnded().getDetail())
        .findFirst()
        .orElse("");
  }

  RefusalCode refused() {
    return replies.stream()
        .filter(ThinReply::hasRefused)
        .map(r -> r.getRefused().getCode())
        .findFirst()
        .orElse(RefusalCode.REFUSAL_CODE_UNSPECIFIED);
  }
}
