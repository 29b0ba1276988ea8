package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.Bench.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HibernationTest {
  private static final UUID IMAGE = new UUID(1, 1);
  private static final UUID NEXT = new UUID(2, 2);

  @TempDir Path folder;
  private Bench bench;

  @BeforeEach
  void setUp() {
    bench = new Bench(folder, 1);
  }

  @Test
  void freezesAndThaws() {
    TestLauncher launcher = bench.run(ALICE, "i", "c1");

    assertDone(bench.ask(Bench.freeze("i")));
    assertThat(bench.state("i")).isEqualTo(InstanceState.FROZEN);
    assertThat(bench.engine.running("i")).isZero();
    assertDone(bench.ask(Bench.thaw("i")));
    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(bench.engine.running("i")).isOne();
    assertThat(launcher.started()).isOne();
  }

  @Test
  void aLeaseThatNobodyRenewsThaws() {
    bench.run(ALICE, "i", "c1");
    assertDone(bench.ask(Bench.freeze("i")));

    bench.pass(Duration.ofMillis(Bench.LEASE - 1));
    assertThat(bench.state("i")).isEqualTo(InstanceState.FROZEN);
    bench.pass(Duration.ofMillis(1));

    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(bench.engine.running("i")).isOne();
    assertThat(bench.events).anyMatch(AgentEvent::hasLeaseExpired);
  }

  @Test
  void renewedLeasesHold() {
    bench.run(ALICE, "i", "c1");
    assertDone(bench.ask(Bench.freeze("i")));
    for (int i = 0; i < 5; i++) {
      bench.pass(Duration.ofMillis(Bench.LEASE - 1));
      assertDone(bench.ask(Bench.renew(List.of("i"))));
    }
    assertThat(bench.state("i")).isEqualTo(InstanceState.FROZEN);
    bench.pass(Duration.ofMillis(Bench.LEASE));
    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
    assertFailed(bench.ask(Bench.renew(List.of("i"))), FailureCode.WRONG_STATE);
    assertFailed(bench.ask(Bench.renew(List.of("other"))), FailureCode.UNKNOWN_INSTANCE);
  }

  @Test
  void hibernatesAndWakesWithItsState() {
    TestLauncher first = hibernated();
    assertThat(first.ended()).isEqualTo(EndReason.HIBERNATED);
    assertThat(bench.state("i")).isEqualTo(InstanceState.RELEASED);
    assertThat(bench.engine.capsules).isEmpty();

    TestLauncher second = bench.attach(ALICE, "i", "c2", false);
    assertThat(bench.state("i")).isEqualTo(InstanceState.ATTACHED);
    assertDone(bench.ask(Bench.restore("i", IMAGE, NEXT)));
    assertThat(second.started()).isOne();
    bench.engine.work();
    assertThat(bench.engine.furthest).containsEntry("i", 1L);
    assertDone(bench.ask(Bench.thaw("i")));
    bench.engine.work();

    assertThat(bench.engine.furthest).containsEntry("i", 2L);
    assertDone(bench.ask(Bench.discard("i", IMAGE)));
    assertThat(image()).isInstanceOf(Image.Missing.class);
  }

  @Test
  void aSourceWhoseLeaseEndedWinsOverItsImage() {
    bench.run(ALICE, "i", "c1");
    assertDone(bench.ask(Bench.dump("i", IMAGE)));
    assertThat(image()).isInstanceOf(Image.Published.class);

    bench.pass(Duration.ofMillis(Bench.LEASE));

    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(image()).isInstanceOf(Image.Missing.class);
    assertFailed(bench.ask(Bench.release("i", IMAGE)), FailureCode.WRONG_STATE);
    assertThat(bench.engine.running("i")).isOne();
  }

  @Test
  void aRestoredLifeThatIsNeverCommittedGivesItsImageBack() {
    hibernated();
    TestLauncher launcher = bench.attach(ALICE, "i", "c2", false);
    assertDone(bench.ask(Bench.restore("i", IMAGE, NEXT)));

    bench.pass(Duration.ofMillis(Bench.LEASE));

    assertThat(bench.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(launcher.ended()).isEqualTo(EndReason.LOST);
    assertThat(bench.engine.capsules).isEmpty();
    bench.attach(ALICE, "i", "c3", false);
    assertDone(bench.ask(Bench.restore("i", IMAGE, new UUID(3, 3))));
  }

  @Test
  void anImageIsWokenOnce() {
    hibernated();
    bench.attach(ALICE, "i", "c2", false);
    assertDone(bench.ask(Bench.restore("i", IMAGE, NEXT)));
    assertDone(bench.ask(Bench.thaw("i")));
    assertDone(bench.ask(Bench.terminate("i")));

    bench.attach(ALICE, "i", "c3", false);
    assertFailed(bench.ask(Bench.restore("i", IMAGE, new UUID(3, 3))), FailureCode.IMAGE_CLAIMED);
  }

  @Test
  void aFailedDumpLeavesTheInstanceRunningAndNoImage() {
    bench.run(ALICE, "i", "c1");
    bench.engine.before =
        (operation, id) ->
            operation.equals("dump")
                ? Optional.of(new EngineFailure.ToolFailed("runc checkpoint", 1, "no luck"))
                : Optional.empty();

    AgentResult result = bench.ask(Bench.dump("i", IMAGE));

    assertFailed(result, FailureCode.DUMP_FAILED);
    assertThat(result.getFailure().getMessage()).contains("no luck");
    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(bench.engine.running("i")).isOne();
    assertThat(image()).isInstanceOf(Image.Missing.class);
    bench.engine.before = (operation, id) -> Optional.empty();
    assertDone(bench.ask(Bench.dump("i", IMAGE)));
  }

  @Test
  void aWorkerThatDiesDuringItsDumpHasEnded() {
    TestLauncher launcher = bench.run(ALICE, "i", "c1");
    bench.engine.before =
        (operation, id) -> {
          if (operation.equals("dump")) {
            bench.engine.exit(id, 9);
          }
          return Optional.empty();
        };

    assertFailed(bench.ask(Bench.dump("i", IMAGE)), FailureCode.DUMP_FAILED);

    assertThat(bench.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(launcher.ended()).isEqualTo(EndReason.EXITED);
    assertThat(image()).isInstanceOf(Image.Missing.class);
    assertThat(bench.engine.capsules).isEmpty();
  }

  @Test
  void anImageThatWasDamagedIsNotRestored() throws IOException {
    hibernated();
    Image.Published published = (Image.Published) image();
    Files.writeString(published.directory().resolve("progress"), "7");
    bench.attach(ALICE, "i", "c2", false);

    assertFailed(bench.ask(Bench.restore("i", IMAGE, NEXT)), FailureCode.IMAGE_CORRUPT);

    assertThat(bench.state("i")).isEqualTo(InstanceState.ATTACHED);
    assertFailed(bench.ask(Bench.restore("i", new UUID(9, 9), NEXT)), FailureCode.IMAGE_MISSING);
  }

  @Test
  void aLauncherThatDiesEndsItsInstanceEvenFrozenAndKeepsACommittedImage() {
    TestLauncher launcher = bench.run(ALICE, "i", "c1");
    assertDone(bench.ask(Bench.dump("i", IMAGE)));

    bench.launcherDies("i", launcher);
    bench.settle();

    assertThat(bench.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(bench.engine.capsules).isEmpty();
    assertDone(bench.ask(Bench.release("i", IMAGE)));
    assertThat(image()).isInstanceOf(Image.Published.class);
  }

  @Test
  void anExitIsSeenAndTold() {
    TestLauncher launcher = bench.run(ALICE, "i", "c1");
    bench.engine.exit(bench.capsule("i"), 3);

    bench.housekeeping.lookForExits();
    bench.settle();

    assertThat(launcher.ended()).isEqualTo(EndReason.EXITED);
    assertThat(bench.state("i")).isEqualTo(InstanceState.ENDED);
    bench.pass(Housekeeping.REMEMBERED.plusSeconds(1));
    bench.housekeeping.measure();
    bench.settle();
    assertThat(bench.instances.all()).isEmpty();
  }

  @Test
  void anEngineWithoutImagesSaysSo() {
    bench.engine.images = false;
    bench.run(ALICE, "i", "c1");

    assertFailed(bench.ask(Bench.dump("i", IMAGE)), FailureCode.UNSUPPORTED);
    assertDone(bench.ask(Bench.freeze("i")));
  }

  private TestLauncher hibernated() {
    TestLauncher launcher = bench.run(ALICE, "i", "c1");
    bench.engine.work();
    assertDone(bench.ask(Bench.dump("i", IMAGE)));
    assertDone(bench.ask(Bench.release("i", IMAGE)));
    return launcher;
  }

  private Image image() {
    return bench.store.show(new ImageId("i", IMAGE));
  }

  private static void assertDone(AgentResult result) {
    assertThat(result.hasDone()).as(result.getFailure().toString()).isTrue();
  }

  private static void assertFailed(AgentResult result, FailureCode code) {
    assertThat(result.getFailure().getCode()).as(result.toString()).isEqualTo(code);
  }
}
