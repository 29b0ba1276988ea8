package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.controller.machine.InstanceRecord.Garbage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Up to the dump, the instance runs; and for as long as it can, in rotation. */
class MoveAheadTest extends MoveSteps {
  @Test
  void whereNothingGoesAheadItIsQuiescedOnceItsPlaceIsThere() {
    intent = start().withDraft("");
    goTo(Step.AWAIT_LAUNCHER);

    assertThat(go(ATTACHED)).isEqualTo(Step.QUIESCE);

    goTo(Step.REDIRECT);
    assertThat(finish(DONE)).isEqualTo(Result.DONE);
    assertThat(record.garbage()).extracting(Garbage::generation).containsOnly("image");
  }

  @ParameterizedTest
  @EnumSource(names = {"DRAFT", "HAND_OVER_DRAFT", "PULL_DRAFT"})
  void withoutADraftItGoesOn(Step step) {
    for (FailureCode code : List.of(FailureCode.DUMP_FAILED, FailureCode.IMAGE_MISSING)) {
      intent = start();
      goTo(step);

      assertThat(go(failed(code))).isEqualTo(Step.QUIESCE);
      assertAt(SOURCE, "old");
    }
    goTo(Step.REDIRECT);
    assertThat(finish(DONE)).isEqualTo(Result.DONE);
    assertGarbage("draft", SOURCE, TARGET);
  }

  @Test
  void aTargetThatIsTooSlowForTheDraftIsNotWaitedFor() {
    goTo(Step.PULL_DRAFT);
    assertThat(MoveProtocol.canDoWithout(intent)).isTrue();

    assertThat(go(new Outcome.Expired())).isEqualTo(Step.QUIESCE);

    assertAt(SOURCE, "old");
  }

  @ParameterizedTest
  @EnumSource(names = {"DRAFT", "HAND_OVER_DRAFT", "PULL_DRAFT"})
  void whereAPlaceDoesNotKnowItItStaysInRotation(Step step) {
    goTo(step);

    assertThat(go(failed(FailureCode.UNKNOWN_INSTANCE))).isEqualTo(Step.UNRESERVE);

    assertUndone("draft");
  }

  @Test
  void whatIsRefusedAtFirstIsNotTouched() {
    assertThat(finish(new Outcome.Refused("no room"))).isEqualTo(Result.UNDONE);

    assertThat(record.garbage()).isEmpty();
    assertThat(record.life()).isEqualTo("old");
  }

  @Test
  void anInstanceThatIsBusyKeepsItsPlaceOnly() {
    goTo(Step.QUIESCE);

    assertThat(go(new Outcome.Refused("it is busy"))).isEqualTo(Step.UNRESERVE);

    assertUndone("draft");
  }

  @Test
  void whatIsQuiescedTooLateIsResumed() {
    goTo(Step.QUIESCE);

    assertThat(go(new Outcome.Done(true))).isEqualTo(Step.UNDO_RESUME);

    assertUndone("draft");
  }

  @Test
  void aPlaceThatComesTooLateIsGivenBack() {
    assertThat(go(new Outcome.Done(true))).isEqualTo(Step.UNRESERVE);
    assertUndone();

    intent = start();
    goTo(Step.AWAIT_LAUNCHER);
    assertThat(go(new Outcome.Expired())).isEqualTo(Step.UNRESERVE);
    assertUndone();
  }

  @ParameterizedTest
  @EnumSource(names = {"DRAFT", "HAND_OVER_DRAFT", "PULL_DRAFT"})
  void anotherLeaderLeavesInRotationWhatStillIs(Step step) {
    goTo(step);

    take(MoveProtocol.takenOver(intent, record).orElseThrow());

    assertThat(intent.step()).isEqualTo(Step.UNRESERVE);
    assertUndone("draft");
  }

  @ParameterizedTest
  @EnumSource(names = {"RESERVE", "AWAIT_LAUNCHER"})
  void anotherLeaderGivesThePlaceBackThatMayBeThere(Step step) {
    goTo(step);

    take(MoveProtocol.takenOver(intent, record).orElseThrow());

    assertThat(intent.step()).isEqualTo(Step.UNRESERVE);
    assertUndone();
  }

  @Test
  void anotherLeaderResumesWhatMayBeQuiesced() {
    goTo(Step.QUIESCE);

    take(MoveProtocol.takenOver(intent, record).orElseThrow());

    assertThat(intent.step()).isEqualTo(Step.UNDO_RESUME);
    assertUndone("draft");
  }
}
