package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import java.io.IOException;
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
  private SteppedAgent agent;

  @BeforeEach
  void setUp() {
    agent = new SteppedAgent(folder, 1);
  }

  @Test
  void freezesAndThaws() {
    TestLauncher launcher = agent.run(ALICE, "i", "c1");

    assertDone(agent.ask(Orders.freeze("i")));
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
    assertThat(agent.engine.running("i")).isZero();
    assertDone(agent.ask(Orders.thaw("i")));
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
    assertThat(launcher.started()).isOne();
  }

  @Test
  void aLeaseThatNobodyRenewsThaws() {
    agent.run(ALICE, "i", "c1");
    assertDone(agent.ask(Orders.freeze("i")));

    agent.pass(Duration.ofMillis(SteppedAgent.LEASE - 1));
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
    agent.pass(Duration.ofMillis(1));

    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
    assertThat(agent.events).anyMatch(AgentEvent::hasLeaseExpired);
  }

  @Test
  void renewedLeasesHold() {
    agent.run(ALICE, "i", "c1");
    assertDone(agent.ask(Orders.freeze("i")));
    for (int i = 0; i < 5; i++) {
      agent.pass(Duration.ofMillis(SteppedAgent.LEASE - 1));
      assertDone(agent.ask(Orders.renew(List.of("i"))));
    }
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
    agent.pass(Duration.ofMillis(SteppedAgent.LEASE));
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertFailed(agent.ask(Orders.renew(List.of("i"))), FailureCode.WRONG_STATE);
    assertFailed(agent.ask(Orders.renew(List.of("other"))), FailureCode.UNKNOWN_INSTANCE);
  }

  @Test
  void hibernatesAndWakesWithItsState() {
    TestLauncher first = hibernated();
    assertThat(first.ended()).isEqualTo(EndReason.HIBERNATED);
    assertThat(agent.state("i")).isEqualTo(InstanceState.RELEASED);
    assertThat(agent.engine.capsules).isEmpty();

    TestLauncher second = agent.attach(ALICE, "i", "c2", false);
    assertThat(agent.state("i")).isEqualTo(InstanceState.ATTACHED);
    assertDone(agent.ask(Orders.restore("i", IMAGE, NEXT)));
    assertThat(second.started()).isOne();
    agent.engine.work();
    assertThat(agent.engine.furthest).containsEntry("i", 1L);
    assertDone(agent.ask(Orders.thaw("i")));
    agent.engine.work();

    assertThat(agent.engine.furthest).containsEntry("i", 2L);
    assertDone(agent.ask(Orders.discard("i", IMAGE)));
    assertThat(image()).isInstanceOf(Image.Missing.class);
  }

  @Test
  void aSourceWhoseLeaseEndedWinsOverItsImage() {
    agent.run(ALICE, "i", "c1");
    assertDone(agent.ask(Orders.dump("i", IMAGE)));
    assertThat(image()).isInstanceOf(Image.Published.class);

    agent.pass(Duration.ofMillis(SteppedAgent.LEASE));

    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(image()).isInstanceOf(Image.Missing.class);
    assertFailed(agent.ask(Orders.release("i", IMAGE)), FailureCode.WRONG_STATE);
    assertThat(agent.engine.running("i")).isOne();
  }

  @Test
  void aRestoredLifeThatIsNeverCommittedGivesItsImageBack() {
    hibernated();
    TestLauncher launcher = agent.attach(ALICE, "i", "c2", false);
    assertDone(agent.ask(Orders.restore("i", IMAGE, NEXT)));

    agent.pass(Duration.ofMillis(SteppedAgent.LEASE));

    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(launcher.ended()).isEqualTo(EndReason.LOST);
    assertThat(agent.engine.capsules).isEmpty();
    agent.attach(ALICE, "i", "c3", false);
    assertDone(agent.ask(Orders.restore("i", IMAGE, new UUID(3, 3))));
  }

  @Test
  void anImageIsWokenOnce() {
    hibernated();
    agent.attach(ALICE, "i", "c2", false);
    assertDone(agent.ask(Orders.restore("i", IMAGE, NEXT)));
    assertDone(agent.ask(Orders.thaw("i")));
    assertDone(agent.ask(Orders.terminate("i")));

    agent.attach(ALICE, "i", "c3", false);
    assertFailed(agent.ask(Orders.restore("i", IMAGE, new UUID(3, 3))), FailureCode.IMAGE_CLAIMED);
  }

  @Test
  void anImageThatWasDamagedIsNotRestored() throws IOException {
    hibernated();
    agent.damage(new ImageId("i", IMAGE));
    agent.attach(ALICE, "i", "c2", false);

    assertFailed(agent.ask(Orders.restore("i", IMAGE, NEXT)), FailureCode.IMAGE_CORRUPT);

    assertThat(agent.state("i")).isEqualTo(InstanceState.ATTACHED);
    assertFailed(agent.ask(Orders.restore("i", new UUID(9, 9), NEXT)), FailureCode.IMAGE_MISSING);
  }

  @Test
  void aLauncherThatDiesEndsItsInstanceEvenFrozenAndKeepsACommittedImage() {
    TestLauncher launcher = agent.run(ALICE, "i", "c1");
    assertDone(agent.ask(Orders.dump("i", IMAGE)));

    agent.launcherDies("i", launcher);
    agent.settle();

    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(agent.engine.capsules).isEmpty();
    assertDone(agent.ask(Orders.release("i", IMAGE)));
    assertThat(image()).isInstanceOf(Image.Published.class);
  }

  @Test
  void anExitIsSeenAndTold() {
    TestLauncher launcher = agent.run(ALICE, "i", "c1");
    agent.engine.exit(agent.capsule("i"), 3);

    agent.housekeeping.lookForExits();
    agent.settle();

    assertThat(launcher.ended()).isEqualTo(EndReason.EXITED);
    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    agent.pass(Housekeeping.REMEMBERED.plusSeconds(1));
    agent.housekeeping.measure();
    agent.settle();
    assertThat(agent.instances.all()).isEmpty();
  }

  @Test
  void whatAnInstanceWasLostWithIsToldByName() {
    TestLauncher launcher = agent.run(ALICE, "i", "c1");
    FakeEngine.Capsule capsule = agent.engine.capsules.get(agent.capsule("i"));
    capsule.status = Status.EXITED;
    capsule.loss = Optional.of(new EngineFailure.SupportLost("i", "coordinator"));

    agent.housekeeping.lookForExits();
    agent.settle();

    assertThat(launcher.ended()).isEqualTo(EndReason.LOST);
    assertThat(launcher.detail()).contains("lost with its coordinator", "Maybe ");
  }

  @Test
  void whoEndsWithoutAMarkIsMissedWhenItIsMeasured() {
    TestLauncher launcher = agent.run(ALICE, "i", "c1");
    agent.engine.capsules.get(agent.capsule("i")).unseen = true;
    agent.engine.exit(agent.capsule("i"), 137);
    agent.housekeeping.lookForExits();
    agent.settle();
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);

    agent.housekeeping.measure();
    agent.settle();

    assertThat(launcher.ended()).isEqualTo(EndReason.EXITED);
  }

  private TestLauncher hibernated() {
    TestLauncher launcher = agent.run(ALICE, "i", "c1");
    agent.engine.work();
    assertDone(agent.ask(Orders.dump("i", IMAGE)));
    assertDone(agent.ask(Orders.release("i", IMAGE)));
    return launcher;
  }

  private Image image() {
    return agent.store.show(new ImageId("i", IMAGE));
  }

  private static void assertDone(AgentResult result) {
    assertThat(result.hasDone()).as(result.getFailure().toString()).isTrue();
  }

  private static void assertFailed(AgentResult result, FailureCode code) {
    assertThat(result.getFailure().getCode()).as(result.toString()).isEqualTo(code);
  }
}
