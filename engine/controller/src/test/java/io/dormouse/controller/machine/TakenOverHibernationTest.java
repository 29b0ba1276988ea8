package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.controller.machine.InstanceRecord.Garbage;
import io.dormouse.controller.machine.Transition.Next;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.Epoch;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A hibernation whose leader died while the process stood still. */
class TakenOverHibernationTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final InstanceId INSTANCE = new InstanceId("w");
  private static final WorkloadClassId KIND = new WorkloadClassId("kind");

  private final Intent dumping = intent(Step.DUMP);
  private final Intent asking = dumping.askingAgain(new Epoch(1, 7));
  private final InstanceRecord record = InstanceRecord.awake(INSTANCE, KIND, NOW);

  private static Intent intent(Step step) {
    return new Intent(
        "a-1",
        Kind.HIBERNATE,
        "d-1",
        Optional.of(INSTANCE),
        KIND,
        HibernationLevel.AWAKE,
        HibernationLevel.L3_FULL_SNAPSHOT,
        step,
        0,
        0,
        Optional.of(new NodeId("n")),
        "image",
        "",
        "life",
        Optional.empty(),
        "",
        NOW);
  }

  private Transition after(Outcome outcome) {
    return HibernateProtocol.after(asking, record, outcome, NOW);
  }

  @Test
  void asksTheSchedulerUnderARequestOfEachLeadersOwn() {
    assertThat(asking.step()).isEqualTo(Step.QUIESCE);
    assertThat(asking.requestId())
        .isNotEqualTo(intent(Step.QUIESCE).requestId())
        .isNotEqualTo(asking.askingAgain(new Epoch(1, 8)).requestId());
    assertThat(asking.mayStandStill()).isTrue();
    assertThat(intent(Step.QUIESCE).mayStandStill()).as("nothing was asked of its agent").isFalse();
    assertThat(intent(Step.RELEASE_SOURCE).mayStandStill()).as("it is committed").isFalse();
  }

  @Test
  void joinsTheDumpUnderWayWhereTheInstanceIsStillOutOfRotation() {
    assertThat(after(new Outcome.Done(false)))
        .isInstanceOfSatisfying(Next.class, next -> assertThat(next.intent()).isEqualTo(dumping));
  }

  @Test
  void letsTheProcessRunWhereTheSchedulerHasTakenTheInstanceBack() {
    assertThat(after(new Outcome.Refused("it is WAKING")))
        .isInstanceOfSatisfying(
            Next.class,
            next -> {
              assertThat(next.intent().step()).isEqualTo(Step.UNDO_THAW);
              assertThat(next.record().orElseThrow().garbage())
                  .extracting(Garbage::generation)
                  .containsExactly("image");
            });
    assertThat(after(new Outcome.Done(true)))
        .isInstanceOfSatisfying(
            Next.class,
            next -> {
              assertThat(next.intent().step()).isEqualTo(Step.UNDO_THAW);
              assertThat(next.record().orElseThrow().garbage())
                  .as("the older leader's dump may have made it")
                  .extracting(Garbage::generation)
                  .containsExactly("image");
            });
  }
}
