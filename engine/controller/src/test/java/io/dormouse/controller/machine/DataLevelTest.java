package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.controller.machine.InstanceRecord.Garbage;
import io.dormouse.controller.machine.Transition.Finish;
import io.dormouse.controller.machine.Transition.Next;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** To the level at which an instance is frozen and its data is in the store, and back. */
class DataLevelTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final NodeId NODE = new NodeId("n");
  private static final InstanceRecord AWAKE =
      InstanceRecord.awake(new InstanceId("w"), new WorkloadClassId("kind"), NOW);
  private static final InstanceRecord EVICTED = AWAKE.evicted(NODE, "life", "data", NOW);

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
        kind == Kind.WAKE ? "" : "data",
        "",
        "life",
        Optional.empty(),
        "",
        NOW);
  }

  private static Transition evicted(InstanceRecord from, Outcome outcome) {
    Intent evicting = intent(Kind.HIBERNATE, from, HibernationLevel.L2_DATA_SNAPSHOT, Step.EVICT);
    return HibernateProtocol.after(evicting, from, outcome, NOW);
  }

  private static Transition thawed(int tries, Outcome outcome) {
    Intent thawing = intent(Kind.WAKE, EVICTED, HibernationLevel.AWAKE, Step.THAW);
    for (int i = 0; i < tries; i++) {
      thawing = thawing.again();
    }
    return WakeProtocol.after(thawing, EVICTED, outcome, NOW, 3);
  }

  private static Outcome failed(FailureCode code) {
    return new Outcome.Failed(code, "why", InstanceState.FROZEN);
  }

  @Test
  void itIsThereOnceItsDataIsEvicted() {
    assertThat(HibernateProtocol.firstStep(HibernationLevel.AWAKE, EVICTED.level()))
        .isEqualTo(Step.QUIESCE);
    assertThat(HibernateProtocol.firstStep(HibernationLevel.L1_RETAINED, EVICTED.level()))
        .isEqualTo(Step.EVICT);
    assertThat(evicted(AWAKE, new Outcome.Done(false)))
        .isInstanceOfSatisfying(Finish.class, done -> assertThat(done.record()).contains(EVICTED));
    assertThat(EVICTED.isFrozen()).isTrue();
  }

  @Test
  void withNothingToEvictItStaysFrozenOrRunsOn() {
    InstanceRecord frozen = AWAKE.frozen(NODE, "life", NOW);
    assertThat(evicted(frozen, failed(FailureCode.NOTHING_TO_EVICT)))
        .isInstanceOfSatisfying(
            Finish.class,
            done -> {
              assertThat(done.result()).isEqualTo(Result.UNDONE);
              assertThat(done.record()).contains(frozen);
            });
    assertThat(evicted(AWAKE, failed(FailureCode.NOTHING_TO_EVICT)))
        .isInstanceOfSatisfying(
            Next.class,
            next -> {
              assertThat(next.intent().step()).isEqualTo(Step.UNDO_THAW);
              assertThat(next.record().orElseThrow().garbage())
                  .containsExactly(new Garbage("data", Optional.of(NODE)));
            });
  }

  @Test
  void itWakesWhereItIsAndItsImageIsUsedUp() {
    assertThat(thawed(0, new Outcome.Done(false)))
        .isInstanceOfSatisfying(
            Next.class,
            next -> {
              assertThat(next.intent().step()).isEqualTo(Step.RESUME);
              InstanceRecord record = next.record().orElseThrow();
              assertThat(record.level()).isEqualTo(HibernationLevel.AWAKE);
              assertThat(record.image()).isEmpty();
              assertThat(record.garbage()).containsExactly(new Garbage("data", Optional.of(NODE)));
            });
  }

  @Test
  void whileItsDataIsOutOfReachItStaysWhereItIs() {
    assertThat(thawed(0, failed(FailureCode.STORE_FAILED)))
        .isInstanceOfSatisfying(
            Next.class, next -> assertThat(next.intent().step()).isEqualTo(Step.THAW));
    assertThat(thawed(5, failed(FailureCode.STORE_FAILED)))
        .isInstanceOfSatisfying(
            Finish.class,
            done -> {
              assertThat(done.result()).isEqualTo(Result.UNDONE);
              assertThat(done.record()).contains(EVICTED);
            });
  }

  @Test
  void withoutItsDataItEnds() {
    assertThat(thawed(5, failed(FailureCode.IMAGE_CORRUPT)))
        .isInstanceOfSatisfying(
            Next.class,
            next -> {
              assertThat(next.intent().step()).isEqualTo(Step.END_PROCESS);
              assertThat(next.record().orElseThrow().level())
                  .isEqualTo(HibernationLevel.TERMINATED);
            });
    Intent undoing =
        intent(Kind.HIBERNATE, EVICTED, HibernationLevel.L3_FULL_SNAPSHOT, Step.UNDO_THAW)
            .undoing(Step.UNDO_THAW, "the dump failed");
    assertThat(HibernateProtocol.after(undoing, EVICTED, failed(FailureCode.IMAGE_MISSING), NOW))
        .isInstanceOfSatisfying(
            Next.class, next -> assertThat(next.intent().step()).isEqualTo(Step.END_INSTANCE));
  }
}
