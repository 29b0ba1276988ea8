package io.dormouse.controller.coordination;

import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.InstanceRecord;
import io.dormouse.controller.machine.InstanceRecord.Garbage;
import io.dormouse.controller.machine.Intent;
import io.dormouse.controller.machine.Kind;
import io.dormouse.controller.machine.Step;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Optional;

/** Intents and registry entries to store. */
final class Samples {
  private Samples() {}

  static Intent intent(String id, Step step) {
    return new Intent(
        id,
        Kind.HIBERNATE,
        "d-1-0",
        Optional.of(new InstanceId("app/w-1")),
        new WorkloadClassId("worker"),
        HibernationLevel.AWAKE,
        HibernationLevel.L3_FULL_SNAPSHOT,
        step,
        1,
        2,
        Optional.of(new NodeId("node-1")),
        "image",
        "draft",
        "life",
        Optional.of(new Intent.Elsewhere(new NodeId("node-2"), "")),
        "a \"problem\"",
        Instant.parse("2026-01-02T03:04:05.678Z"));
  }

  static InstanceRecord record(String id) {
    return new InstanceRecord(
        new InstanceId(id),
        new WorkloadClassId("worker"),
        HibernationLevel.L3_FULL_SNAPSHOT,
        "life",
        "image",
        Optional.empty(),
        Optional.of(new NodeId("node-4")),
        4_000_000_000L,
        ImmutableList.of(
            new Garbage("old-1", Optional.empty()),
            new Garbage("old-2", Optional.of(new NodeId("node-3")))),
        "hibernated",
        Instant.parse("2026-01-02T03:04:05Z"));
  }
}
