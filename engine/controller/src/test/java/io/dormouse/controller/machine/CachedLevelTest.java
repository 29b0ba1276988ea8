package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.controller.machine.Transition.Finish;
import io.dormouse.controller.machine.Transition.Next;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** To the level at which a node has a copy of an instance's image on fast storage, and back. */
class CachedLevelTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final NodeId NODE = new NodeId("n");
  private static final InstanceRecord AWAKE =
      InstanceRecord.awake(new InstanceId("w"), new WorkloadClassId("kind"), NOW);
  private static final InstanceRecord CACHED = AWAKE.cached("image", NODE, "hibernated", NOW);
  private static final HibernationLevel L4 = HibernationLevel.L4_KERNEL_SNAPSHOT;

  private static Intent intent(Kind kind, InstanceRecord from, HibernationLevel to, Step step) {
    return new Intent(
        "a-1",
        kind,
        "d-1",
        Optional.of(from.id()),
        from.workloadClass(),
        from.level(),
        to,
        step,
        0,
        0,
        Optional.of(NODE),
        "image",
        "",
        "life",
        Optional.empty(),
        "",
        NOW);
  }

  private static Transition after(Step step, InstanceRecord record, Outcome outcome) {
    return HibernateProtocol.after(intent(Kind.HIBERNATE, AWAKE, L4, step), record, outcome, NOW);
  }

  private static Outcome failed(FailureCode code) {
    return new Outcome.Failed(code, "why", InstanceState.FROZEN);
  }

  @Test
  void itsImageIsCopiedBeforeItsSourceEnds() {
    assertThat(HibernateProtocol.firstStep(HibernationLevel.AWAKE, L4)).isEqualTo(Step.QUIESCE);
    assertThat(HibernateProtocol.firstStep(HibernationLevel.L1_RETAINED, L4)).isEqualTo(Step.DUMP);
    assertThat(after(Step.DUMP, AWAKE, new Outcome.Done(false)))
        .isInstanceOfSatisfying(
            Next.class,
            next -> {
              assertThat(next.intent().step()).isEqualTo(Step.CACHE);
              assertThat(next.intent().mayStandStill()).isTrue();
              assertThat(next.record()).isEmpty();
            });
    assertThat(after(Step.CACHE, AWAKE, new Outcome.Done(true)))
        .isInstanceOfSatisfying(
            Next.class,
            next -> {
              assertThat(next.intent().step()).isEqualTo(Step.RELEASE_SOURCE);
              assertThat(next.record()).contains(CACHED);
            });
    assertThat(after(Step.RELEASE_ALLOCATION, CACHED, new Outcome.Done(false)))
        .isInstanceOfSatisfying(Finish.class, done -> assertThat(done.record()).contains(CACHED));
  }

  @Test
  void withoutRoomForACopyItRestsAsAnImageOnly() {
    Transition next = after(Step.CACHE, AWAKE, failed(FailureCode.FAST_STORAGE_FULL));
    InstanceRecord record = ((Next) next).record().orElseThrow();

    assertThat(((Next) next).intent().step()).isEqualTo(Step.RELEASE_SOURCE);
    assertThat(record.level()).isEqualTo(HibernationLevel.L3_FULL_SNAPSHOT);
    assertThat(record.reason()).contains("FAST_STORAGE_FULL");
    assertThat(after(Step.RELEASE_ALLOCATION, record, new Outcome.Done(false)))
        .isInstanceOfSatisfying(
            Finish.class,
            done -> {
              assertThat(done.result()).isEqualTo(Result.DONE);
              InstanceRecord rests = done.record().orElseThrow();
              assertThat(rests.level()).isEqualTo(HibernationLevel.L3_FULL_SNAPSHOT);
              assertThat(rests.node()).contains(NODE);
            });
  }

  @Test
  void aSourceThatRanOnKeepsNeitherImageNorCopy() {
    assertThat(after(Step.RELEASE_SOURCE, CACHED, failed(FailureCode.WRONG_STATE)))
        .isInstanceOfSatisfying(
            Next.class,
            next -> {
              assertThat(next.intent().step()).isEqualTo(Step.UNDO_RESUME);
              InstanceRecord record = next.record().orElseThrow();
              assertThat(record.level()).isEqualTo(HibernationLevel.AWAKE);
              assertThat(record.garbage())
                  .extracting(InstanceRecord.Garbage::generation)
                  .containsExactly("image");
            });
  }

  @Test
  void itGivesItsCopyUpForALowerPrice() {
    HibernationLevel l3 = HibernationLevel.L3_FULL_SNAPSHOT;
    Intent uncaching = intent(Kind.HIBERNATE, CACHED, l3, Step.UNCACHE);
    assertThat(HibernateProtocol.firstStep(L4, l3)).isEqualTo(Step.UNCACHE);
    for (Outcome outcome :
        new Outcome[] {new Outcome.Done(false), failed(FailureCode.UNKNOWN_INSTANCE)}) {
      assertThat(HibernateProtocol.after(uncaching, CACHED, outcome, NOW))
          .isInstanceOfSatisfying(
              Finish.class,
              done -> {
                InstanceRecord rests = done.record().orElseThrow();
                assertThat(rests.level()).isEqualTo(l3);
                assertThat(rests.image()).isEqualTo("image");
                assertThat(rests.node()).contains(NODE);
              });
    }
    assertThat(HibernateProtocol.after(uncaching, CACHED, failed(FailureCode.TIMED_OUT), NOW))
        .isInstanceOfSatisfying(
            Next.class, next -> assertThat(next.intent().step()).isEqualTo(Step.UNCACHE));
  }

  @Test
  void aWakeThatFailsLeavesItsImage() {
    Intent aborting =
        intent(Kind.WAKE, CACHED, HibernationLevel.AWAKE, Step.ABORT_COPY)
            .undoing(Step.ABORT_COPY, "the restore failed");
    assertThat(WakeProtocol.after(aborting, CACHED, new Outcome.Done(false), NOW, 3))
        .isInstanceOfSatisfying(
            Next.class, next -> assertThat(next.intent().step()).isEqualTo(Step.ABORT_ALLOCATION));
    Intent thawing = intent(Kind.WAKE, CACHED, HibernationLevel.AWAKE, Step.THAW);
    InstanceRecord running = CACHED.running("life", Optional.of(NODE), "woken", NOW);
    assertThat(WakeProtocol.after(thawing, running, failed(FailureCode.UNKNOWN_INSTANCE), NOW, 3))
        .isInstanceOfSatisfying(
            Next.class, next -> assertThat(next.record().orElseThrow().image()).isEqualTo("image"));
  }
}
