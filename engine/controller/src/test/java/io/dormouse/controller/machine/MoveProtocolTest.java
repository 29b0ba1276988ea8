package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.controller.machine.InstanceRecord.Garbage;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MoveProtocolTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final NodeId SOURCE = new NodeId("source");
  private static final NodeId TARGET = new NodeId("target");
  private static final Outcome DONE = new Outcome.Done(false);

  private InstanceRecord record =
      InstanceRecord.awake(new InstanceId("w"), new WorkloadClassId("kind"), NOW);
  private Intent intent = start();

  private static Intent start() {
    return new Intent(
        "a-1",
        Kind.MOVE,
        "d-1",
        Optional.of(new InstanceId("w")),
        new WorkloadClassId("kind"),
        HibernationLevel.AWAKE,
        HibernationLevel.AWAKE,
        Step.QUIESCE,
        0,
        0,
        Optional.of(SOURCE),
        "image",
        "old",
        Optional.of(new Intent.Elsewhere(new NodeId("rack/target"), "")),
        "",
        NOW);
  }

  @Test
  void theCopyIsThawedOnlyAfterTheSourceIsReleased() {
    assertThat(List.of(go(DONE), go(DONE))).containsExactly(Step.RESERVE, Step.AWAIT_LAUNCHER);
    assertThat(go(new Outcome.Attached(TARGET, "new"))).isEqualTo(Step.DUMP);
    assertAt(SOURCE, "old");
    assertThat(go(DONE)).isEqualTo(Step.HAND_OVER);
    assertThat(intent.elsewhereOrFail()).isEqualTo(new Intent.Elsewhere(TARGET, "new"));
    assertThat(go(DONE)).isEqualTo(Step.PULL);
    assertAt(TARGET, "new");
    assertThat(go(DONE)).isEqualTo(Step.RESTORE);
    assertThat(record.level()).isEqualTo(HibernationLevel.AWAKE);
    assertThat(go(DONE)).isEqualTo(Step.RELEASE_SOURCE);
    assertAt(SOURCE, "old");
    assertThat(record.image()).as("what counts while nobody runs").isEqualTo("image");
    assertThat(go(DONE)).isEqualTo(Step.THAW);
    assertAt(TARGET, "new");
    assertThat(go(DONE)).isEqualTo(Step.REDIRECT);

    assertThat(after(DONE)).isEqualTo(Transition.done(record));
    assertThat(record.node()).hasValue(TARGET);
    assertThat(record.life()).isEqualTo("new");
    assertGarbageAt(SOURCE, TARGET);
  }

  @ParameterizedTest
  @EnumSource(names = {"DUMP", "HAND_OVER", "PULL", "RESTORE"})
  void whatFailsBeforeTheCommitIsUndoneAtTheSource(Step step) {
    goTo(step);

    assertThat(go(failed(FailureCode.PERMISSION_DENIED))).isEqualTo(Step.UNDO_THAW);

    assertUndone();
  }

  @ParameterizedTest
  @EnumSource(names = {"DUMP", "HAND_OVER", "PULL", "RESTORE", "RESERVE", "QUIESCE"})
  void anotherLeaderUndoesWhatIsNotCommitted(Step step) {
    goTo(step);

    take(MoveProtocol.takenOver(intent, record).orElseThrow());

    assertThat(intent.step()).isEqualTo(Step.UNDO_THAW);
    assertUndone();
  }

  @ParameterizedTest
  @EnumSource(names = {"RELEASE_SOURCE", "THAW", "REDIRECT"})
  void anotherLeaderFinishesWhatIsCommitted(Step step) {
    goTo(step);

    assertThat(MoveProtocol.takenOver(intent, record)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"PULL", "RESTORE"})
  void aTargetThatDoesNotAnswerIsNotWaitedFor(Step step) {
    goTo(step);
    assertThat(MoveProtocol.canDoWithout(intent)).isTrue();

    assertThat(go(new Outcome.Expired())).isEqualTo(Step.UNDO_THAW);

    assertUndone();
  }

  @ParameterizedTest
  @EnumSource(names = {"DUMP", "HAND_OVER", "RELEASE_SOURCE", "THAW"})
  void allOthersAreWaitedFor(Step step) {
    goTo(step);

    assertThat(MoveProtocol.canDoWithout(intent)).isFalse();
  }

  @Test
  void aBrokenPullGoesOnAFewTimes() {
    goTo(Step.PULL);

    assertThat(go(failed(FailureCode.PEER_UNREACHABLE))).isEqualTo(Step.PULL);
    assertThat(go(failed(FailureCode.PEER_UNREACHABLE))).isEqualTo(Step.PULL);
    assertThat(go(failed(FailureCode.PEER_UNREACHABLE))).isEqualTo(Step.UNDO_THAW);
  }

  @Test
  void aSourceThatRanOnStaysWhereItIs() {
    goTo(Step.RELEASE_SOURCE);

    assertThat(go(failed(FailureCode.WRONG_STATE))).isEqualTo(Step.UNRESERVE);

    assertAt(SOURCE, "old");
    assertThat(record.level()).isEqualTo(HibernationLevel.AWAKE);
    assertGarbageAt(SOURCE, TARGET);
  }

  @Test
  void aSourceThatItsAgentDoesNotKnowIsGoneAndItsCopyIsAllThatIsLeft() {
    goTo(Step.RELEASE_SOURCE);

    assertThat(go(failed(FailureCode.UNKNOWN_INSTANCE))).isEqualTo(Step.THAW);

    assertAt(TARGET, "new");
    assertThat(record.life()).isEqualTo("new");
  }

  @Test
  void aSourceWhoseAgentIsNotHeardMayRunOn() {
    goTo(Step.RELEASE_SOURCE);

    assertThat(
            go(
                new Outcome.Failed(
                    FailureCode.UNKNOWN_INSTANCE,
                    "for a test",
                    InstanceState.INSTANCE_STATE_UNSPECIFIED)))
        .isEqualTo(Step.UNRESERVE);

    assertThat(record.life()).isEqualTo("old");
  }

  @Test
  void aCopyThatWasGoneBeforeItRanLeavesTheImage() {
    goTo(Step.THAW);

    assertThat(go(failed(FailureCode.UNKNOWN_INSTANCE))).isEqualTo(Step.ABORT_COPY);
    assertThat(go(failed(FailureCode.UNKNOWN_INSTANCE))).isEqualTo(Step.RELEASE_ALLOCATION);

    assertThat(after(DONE)).isInstanceOf(Transition.Finish.class);
    assertThat(record.level()).isEqualTo(HibernationLevel.L3_FULL_SNAPSHOT);
    assertThat(record.image()).isEqualTo("image");
    assertThat(record.garbage()).isEmpty();
  }

  private void assertUndone() {
    assertAt(SOURCE, "old");
    boolean mayHaveAnImage = !intent.elsewhereOrFail().life().isEmpty();
    assertGarbageAt(mayHaveAnImage ? new NodeId[] {SOURCE, TARGET} : new NodeId[] {SOURCE});
    assertThat(go(DONE)).isEqualTo(Step.UNRESERVE);
    assertThat(go(DONE)).isEqualTo(Step.UNDO_RESUME);
    Transition.Finish end = (Transition.Finish) after(DONE);
    assertThat(end.result()).isEqualTo(Result.UNDONE);
    assertThat(end.record().orElseThrow().node()).hasValue(SOURCE);
    assertThat(end.record().orElseThrow().life()).isEqualTo("old");
  }

  private void assertGarbageAt(NodeId... agents) {
    assertThat(record.garbage())
        .extracting(image -> image.at().orElseThrow())
        .containsExactlyInAnyOrder(agents);
    assertThat(record.garbage()).extracting(Garbage::generation).containsOnly("image");
  }

  private void assertAt(NodeId node, String life) {
    assertThat(intent.node()).hasValue(node);
    assertThat(intent.life()).isEqualTo(life);
  }

  private static Outcome failed(FailureCode code) {
    return new Outcome.Failed(code, "for a test", InstanceState.ENDED);
  }

  private void goTo(Step step) {
    while (intent.step() != step) {
      boolean waits = intent.step() == Step.AWAIT_LAUNCHER;
      Step unused = go(waits ? new Outcome.Attached(TARGET, "new") : DONE);
    }
  }

  private Step go(Outcome outcome) {
    take((Transition.Next) after(outcome));
    return intent.step();
  }

  private Transition after(Outcome outcome) {
    return MoveProtocol.after(intent, record, outcome, NOW);
  }

  private void take(Transition.Next next) {
    intent = next.intent();
    record = next.record().orElse(record);
  }
}
