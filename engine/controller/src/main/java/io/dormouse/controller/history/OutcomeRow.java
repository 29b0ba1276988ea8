package io.dormouse.controller.history;

import io.dormouse.controller.machine.ActionOutcome;
import io.dormouse.controller.machine.Intent;
import io.dormouse.engine.model.InstanceId;

/** How an action ended, as it is stored. Times in ISO 8601, durations in microseconds. */
public record OutcomeRow(
    String actionId,
    String decision,
    String kind,
    String instance,
    String workloadClass,
    String from,
    String to,
    String result,
    String reason,
    String beganAt,
    String endedAt,
    long totalMicros,
    long activeMicros,
    long imageBytes,
    String image,
    String life,
    String epoch) {
  private static final int REASON_MAX = 4_000;

  static OutcomeRow of(ActionOutcome outcome) {
    Intent intent = outcome.intent();
    return new OutcomeRow(
        intent.id(),
        intent.decision(),
        intent.kind().name(),
        intent.instance().map(InstanceId::value).orElse(""),
        intent.workloadClass().value(),
        intent.from().name(),
        intent.to().name(),
        outcome.result().name(),
        DecisionRow.cut(outcome.reason(), REASON_MAX),
        intent.since().toString(),
        outcome.endedAt().toString(),
        outcome.total().toNanos() / 1_000,
        outcome.active().toNanos() / 1_000,
        outcome.imageBytes(),
        intent.image(),
        intent.life(),
        outcome.epoch());
  }
}
