package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A move that is taken from step to step. */
abstract class MoveSteps {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  static final NodeId SOURCE = new NodeId("source");
  static final NodeId TARGET = new NodeId("target");
  static final Outcome DONE = new Outcome.Done(false);
  static final Outcome ATTACHED = new Outcome.Attached(TARGET, "new");

  InstanceRecord record =
      InstanceRecord.awake(new InstanceId("w"), new WorkloadClassId("kind"), NOW);
  Intent intent = start();

  static Intent start() {
    return new Intent(
        "a-1",
        Kind.MOVE,
        "d-1",
        Optional.of(new InstanceId("w")),
        new WorkloadClassId("kind"),
        HibernationLevel.AWAKE,
        HibernationLevel.AWAKE,
        Step.RESERVE,
        0,
        0,
        Optional.of(SOURCE),
        "image",
        "draft",
        "old",
        Optional.of(new Intent.Elsewhere(new NodeId("rack/target"), "")),
        "",
        NOW);
  }

  /** {@code discarded}: at both places. */
  void assertUndone(String... discarded) {
    List<Step> left = List.of(Step.UNDO_THAW, Step.UNDO_RESUME, Step.UNRESERVE);
    for (Step step : left.subList(left.indexOf(intent.step()), left.size())) {
      assertThat(intent.step()).isEqualTo(step);
      assertAt(SOURCE, "old");
      if (step != Step.UNRESERVE) {
        Step unused = go(DONE);
      }
    }
    assertThat(finish(DONE)).isEqualTo(Result.UNDONE);
    assertThat(record.node()).hasValue(SOURCE);
    assertThat(record.life()).isEqualTo("old");
    assertThat(record.garbage()).hasSize(2 * discarded.length);
    for (String image : discarded) {
      assertGarbage(image, SOURCE, TARGET);
    }
  }

  void assertGarbage(String image, NodeId... agents) {
    assertThat(record.garbage())
        .filteredOn(garbage -> garbage.generation().equals(image))
        .extracting(garbage -> garbage.at().orElseThrow())
        .containsExactlyInAnyOrder(agents);
  }

  void assertAt(NodeId node, String life) {
    assertThat(intent.node()).hasValue(node);
    assertThat(intent.life()).isEqualTo(life);
  }

  static Outcome failed(FailureCode code) {
    return new Outcome.Failed(code, "for a test", InstanceState.ENDED);
  }

  void goTo(Step step) {
    while (intent.step() != step) {
      Step unused = go(intent.step() == Step.AWAIT_LAUNCHER ? ATTACHED : DONE);
    }
  }

  Result finish(Outcome outcome) {
    Transition.Finish end = (Transition.Finish) after(outcome);
    record = end.record().orElseThrow();
    return end.result();
  }

  Step go(Outcome outcome) {
    take((Transition.Next) after(outcome));
    return intent.step();
  }

  Transition after(Outcome outcome) {
    return MoveProtocol.after(intent, record, outcome, NOW);
  }

  void take(Transition.Next next) {
    intent = next.intent();
    record = next.record().orElse(record);
  }
}
