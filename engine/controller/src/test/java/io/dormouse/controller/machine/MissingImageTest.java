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

/** Wakes where the agents may have a store each. */
class MissingImageTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final NodeId HOME = new NodeId("home");
  private static final NodeId OTHER = new NodeId("other");
  private static final Outcome DONE = new Outcome.Done(false);

  private static final int ATTEMPTS = 3;

  private int restores;
  private InstanceRecord record =
      InstanceRecord.awake(new InstanceId("w"), new WorkloadClassId("kind"), NOW)
          .imaged("image", Optional.of(HOME), "hibernated", NOW);

  /** All that follows when the image is not at a node. */
  private Finish wakeAt(NodeId node, FailureCode code) {
    Intent intent = restoring(node);
    while (true) {
      Transition next =
          WakeProtocol.after(intent, record, outcome(intent, node, code), NOW, ATTEMPTS);
      record = next.record().orElse(record);
      if (next instanceof Finish finish) {
        return finish;
      }
      intent = ((Next) next).intent();
    }
  }

  private Outcome outcome(Intent intent, NodeId node, FailureCode code) {
    return switch (intent.step()) {
      case RESTORE -> {
        restores++;
        yield new Outcome.Failed(code, "for a test", InstanceState.ATTACHED);
      }
      case ALLOCATE -> {
        assertThat(intent.node()).as("where it failed").contains(node);
        yield DONE;
      }
      case AWAIT_LAUNCHER -> new Outcome.Attached(node, "new");
      default -> DONE;
    };
  }

  private Intent restoring(NodeId node) {
    return new Intent(
        "a-1",
        Kind.WAKE,
        "d-1",
        Optional.of(record.id()),
        record.workloadClass(),
        HibernationLevel.L3_FULL_SNAPSHOT,
        HibernationLevel.AWAKE,
        Step.RESTORE,
        0,
        0,
        Optional.of(node),
        "image",
        "",
        "new",
        Optional.empty(),
        "",
        NOW);
  }

  @Test
  void anImageThatIsInAnotherAgentsStoreIsNotLost() {
    Finish end = wakeAt(OTHER, FailureCode.IMAGE_MISSING);

    assertThat(end.result()).isEqualTo(Result.UNDONE);
    assertThat(restores).isEqualTo(ATTEMPTS);
    assertThat(record.level()).isEqualTo(HibernationLevel.L3_FULL_SNAPSHOT);
    assertThat(record.image()).isEqualTo("image");
    assertThat(record.node()).as("where it is").contains(HOME);
    assertThat(record.garbage()).isEmpty();
  }

  @Test
  void anImageThatTheAgentWhichMadeItDoesNotHaveIs() {
    assertThat(wakeAt(HOME, FailureCode.IMAGE_MISSING).result()).isEqualTo(Result.LOST);
    assertThat(restores).as("no more attempts").isOne();
    assertThat(record.level()).isEqualTo(HibernationLevel.TERMINATED);
  }

  @Test
  void anImageThatIsDamagedIsLostWhereverItIs() {
    assertThat(wakeAt(OTHER, FailureCode.IMAGE_CORRUPT).result()).isEqualTo(Result.LOST);
  }
}
