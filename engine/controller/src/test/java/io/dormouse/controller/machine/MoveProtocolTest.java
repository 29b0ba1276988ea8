package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.controller.machine.InstanceRecord.Garbage;
import io.dormouse.engine.model.HibernationLevel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MoveProtocolTest extends MoveSteps {
  @Test
  void theCopyIsThawedOnlyAfterTheSourceIsReleased() {
    assertThat(go(DONE)).isEqualTo(Step.AWAIT_LAUNCHER);
    assertThat(go(ATTACHED)).isEqualTo(Step.DRAFT);
    assertAt(SOURCE, "old");
    assertThat(go(DONE)).isEqualTo(Step.HAND_OVER_DRAFT);
    assertAt(SOURCE, "old");
    assertThat(go(DONE)).isEqualTo(Step.PULL_DRAFT);
    assertAt(TARGET, "new");
    assertThat(go(DONE)).isEqualTo(Step.QUIESCE);
    assertAt(SOURCE, "old");
    assertThat(go(DONE)).isEqualTo(Step.DUMP);
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

    assertGarbage("image", SOURCE, TARGET);
    assertThat(finish(DONE)).isEqualTo(Result.DONE);
    assertThat(record.node()).hasValue(TARGET);
    assertThat(record.life()).isEqualTo("new");
    assertGarbage("image", SOURCE, TARGET);
    assertGarbage("draft", SOURCE, TARGET);
  }

  @ParameterizedTest
  @EnumSource(names = {"DUMP", "HAND_OVER", "PULL", "RESTORE"})
  void whatFailsBeforeTheCommitIsUndoneAtTheSource(Step step) {
    goTo(step);

    assertThat(go(failed(FailureCode.PERMISSION_DENIED))).isEqualTo(Step.UNDO_THAW);

    assertUndone("image", "draft");
  }

  @ParameterizedTest
  @EnumSource(names = {"DUMP", "HAND_OVER", "PULL", "RESTORE"})
  void anotherLeaderUndoesWhatIsNotCommitted(Step step) {
    goTo(step);

    take(MoveProtocol.takenOver(intent, record).orElseThrow());

    assertThat(intent.step()).isEqualTo(Step.UNDO_THAW);
    assertUndone("image", "draft");
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

    assertUndone("image", "draft");
  }

  @ParameterizedTest
  @EnumSource(names = {"DRAFT", "HAND_OVER_DRAFT", "DUMP", "HAND_OVER", "RELEASE_SOURCE", "THAW"})
  void allOthersAreWaitedFor(Step step) {
    goTo(step);

    assertThat(MoveProtocol.canDoWithout(intent)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"PULL,UNDO_THAW", "PULL_DRAFT,QUIESCE"})
  void aBrokenPullGoesOnAFewTimes(Step pull, Step then) {
    goTo(pull);

    assertThat(go(failed(FailureCode.PEER_UNREACHABLE))).isEqualTo(pull);
    assertThat(go(failed(FailureCode.PEER_UNREACHABLE))).isEqualTo(pull);
    assertThat(go(failed(FailureCode.PEER_UNREACHABLE))).isEqualTo(then);
  }

  @Test
  void aSourceThatRanOnStaysWhereItIs() {
    goTo(Step.RELEASE_SOURCE);

    assertThat(go(failed(FailureCode.WRONG_STATE))).isEqualTo(Step.UNDO_RESUME);

    assertThat(record.level()).isEqualTo(HibernationLevel.AWAKE);
    assertUndone("image", "draft");
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
        .isEqualTo(Step.UNDO_RESUME);

    assertThat(record.life()).isEqualTo("old");
  }

  @Test
  void aCopyThatWasGoneBeforeItRanLeavesTheImage() {
    goTo(Step.THAW);

    assertThat(go(failed(FailureCode.UNKNOWN_INSTANCE))).isEqualTo(Step.ABORT_COPY);
    assertThat(go(failed(FailureCode.UNKNOWN_INSTANCE))).isEqualTo(Step.RELEASE_ALLOCATION);

    assertThat(finish(DONE)).isEqualTo(Result.UNDONE);
    assertThat(record.level()).isEqualTo(HibernationLevel.L3_FULL_SNAPSHOT);
    assertThat(record.image()).isEqualTo("image");
    assertThat(record.garbage()).extracting(Garbage::generation).containsOnly("draft");
  }

  @Test
  void anImageThatAMoveLeftGoesFromBothPlacesOnceItIsUsedUp() {
    goTo(Step.THAW);
    assertThat(go(failed(FailureCode.UNKNOWN_INSTANCE))).isEqualTo(Step.ABORT_COPY);
    assertThat(go(DONE)).isEqualTo(Step.RELEASE_ALLOCATION);
    assertThat(finish(DONE)).isEqualTo(Result.UNDONE);
    InstanceRecord asleep = record;

    record = asleep.running("third", Optional.of(TARGET), "woken", NOW);
    InstanceRecord goneAgain = record.imaged("image", Optional.of(TARGET), "gone again", NOW);
    record = record.discarding("image");
    assertGarbage("image", SOURCE, TARGET);
    assertThat(record.image()).isEmpty();

    for (InstanceRecord ended : List.of(asleep.ended("by hand", NOW), goneAgain.ended("", NOW))) {
      record = ended;
      assertGarbage("image", SOURCE, TARGET);
    }
    record = asleep.discarding("another");
    assertGarbage("image");
  }
}
