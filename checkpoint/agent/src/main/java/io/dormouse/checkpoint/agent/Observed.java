package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.engines.telemetry.Usage;
import org.jspecify.annotations.Nullable;

/** What is told of an instance beside its record: what it uses, and whether it can be dumped. */
final class Observed {
  private final DumpVerdicts verdicts;
  private final String instance;
  private volatile @Nullable Measured measured;

  private record Measured(String capsule, Usage usage) {}

  Observed(DumpVerdicts verdicts, String instance) {
    this.verdicts = verdicts;
    this.instance = instance;
  }

  /** What a life was seen to use. */
  void used(String capsule, Usage usage) {
    measured = new Measured(capsule, usage);
  }

  /** Completes a status: with the last sample, and with what earlier dumps of its kind came to. */
  InstanceStatus with(InstanceStatus status, @Nullable String kind) {
    InstanceStatus known = measured(status);
    return verdicts
        .against(kind)
        .map(why -> known.toBuilder().setNoImage(why).build())
        .orElse(known);
  }

  /** With the figures of the last sample of this very life. */
  private InstanceStatus measured(InstanceStatus status) {
    Measured last = measured;
    boolean lives =
        status.getState() != InstanceState.ENDED && status.getState() != InstanceState.RELEASED;
    if (last == null
        || !lives
        || status.getGeneration().isEmpty()
        || !last.capsule().equals(Recovery.capsule(instance, status.getGeneration()))) {
      return status;
    }
    InstanceStatus.Builder next = status.toBuilder();
    UsageMessages.tell(last.usage(), next);
    return next.build();
  }
}
