package io.dormouse.bench.rest;

import io.dormouse.checkpoint.agentapi.AgentListener;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.Telemetry;
import java.io.IOException;

/** Hears whether the agent does its work meanwhile: all instances run and are measured. */
final class TelemetryCount implements AgentListener {
  private final int expected;
  private volatile long seen;
  private volatile String trouble = "";

  TelemetryCount(int expected) {
    this.expected = expected;
  }

  @Override
  public void event(AgentEvent event) {
    if (event.hasTelemetry()) {
      seen = measured(event.getTelemetry());
    }
  }

  private static long measured(Telemetry telemetry) {
    return telemetry.getInstancesList().stream()
        .filter(status -> status.getState() == InstanceState.RUNNING)
        .filter(status -> status.getResidentBytes() > 0)
        .count();
  }

  @Override
  public void disconnected(String reason) {
    trouble = reason;
  }

  /**
   * Fails unless the newest telemetry had every instance.
   *
   * @throws IOException with what was heard
   */
  void requireAll() throws IOException {
    if (seen != expected || !trouble.isEmpty()) {
      throw new IOException(
          "The agent told of %d of %d running instances. %s".formatted(seen, expected, trouble));
    }
  }
}
