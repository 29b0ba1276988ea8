package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static io.dormouse.checkpoint.agent.SteppedAgent.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.NodeIdentityRequest;
import io.dormouse.checkpoint.agentapi.proto.RefusalCode;
import io.dormouse.checkpoint.agentapi.proto.RunRequest;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import io.dormouse.checkpoint.engines.EngineFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThinDeskTest {
  private static final Peer ROOT = new Peer(0, 0);
  private static final UUID IMAGE = new UUID(1, 1);

  @TempDir Path folder;
  private SteppedAgent agent;

  @BeforeEach
  void setUp() {
    agent = new SteppedAgent(folder, 3);
  }

  @Test
  void whatIsAnothersIsRefused() {
    agent.run(ALICE, "i", "c1");

    assertThat(agent.run(BOB, "i", "c2").refused()).isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(agent.attach(BOB, "i", "c2", false).refused()).isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(agent.attach(BOB, "i", "c1", true).refused()).isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(end(BOB, "i").getRefused().getCode()).isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(agent.desk.list(BOB).getList().getInstancesList()).isEmpty();
    assertThat(agent.desk.list(ALICE).getList().getInstancesList()).hasSize(1);
    assertThat(agent.desk.list(ROOT).getList().getInstancesList()).hasSize(1);
    assertThat(agent.engine.running("i")).isOne();
  }

  @Test
  void anotherUsersImageIsOutOfReachUnderAnyName() {
    agent.run(ALICE, "i", "c1");
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();
    assertThat(agent.ask(Orders.release("i", IMAGE)).hasDone()).isTrue();

    assertThat(agent.run(BOB, "i", "c2").refused()).isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(agent.attach(BOB, "i", "c2", false).refused()).isEqualTo(RefusalCode.NOT_YOURS);
  }

  @Test
  void theOwnerOfAnImageIsCheckedAgainAtItsRestore() {
    assertThat(agent.attach(BOB, "i", "c2", false).refused())
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNSPECIFIED);
    SteppedAgent elsewhere = new SteppedAgent(folder, 4, "other");
    elsewhere.run(ALICE, "i", "c1");
    assertThat(elsewhere.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();

    assertThat(agent.ask(Orders.restore("i", IMAGE, new UUID(2, 2))).getFailure().getCode())
        .isEqualTo(FailureCode.PERMISSION_DENIED);
  }

  @Test
  void whatWasHandedOverIsNotHereAnyMore() {
    agent.run(ALICE, "i", "c1");
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();
    assertThat(agent.ask(Orders.handOver("i", IMAGE, "n2")).hasDone()).isTrue();
    assertThat(agent.ask(Orders.release("i", IMAGE)).hasDone()).isTrue();
    agent.attach(ALICE, "i", "c2", false);

    assertThat(agent.ask(Orders.restore("i", IMAGE, new UUID(2, 2))).getFailure().getCode())
        .isEqualTo(FailureCode.IMAGE_MISSING);
    assertThat(agent.state("i")).as("its launcher waits still").isEqualTo(InstanceState.ATTACHED);
  }

  @Test
  void aNameRunsOnce() {
    agent.run(ALICE, "i", "c1");

    assertThat(agent.run(ALICE, "i", "c2").refused()).isEqualTo(RefusalCode.ALREADY_RUNNING);
    assertThat(end(ALICE, "i").getEnded().getReason()).isEqualTo(EndReason.TERMINATED);
    assertThat(agent.run(ALICE, "i", "c2").started()).isOne();
  }

  @Test
  void badRequestsAreMalformed() {
    assertThat(agent.run(ALICE, "../etc", "c1").refused()).isEqualTo(RefusalCode.MALFORMED);
    assertThat(agent.run(ALICE, "i", "c".repeat(300)).refused()).isEqualTo(RefusalCode.MALFORMED);
    TestLauncher bare = new TestLauncher();
    agent.desk.run(ALICE, RunRequest.newBuilder().setInstance("i").addArgv("sleep").build(), bare);
    agent.settle();
    assertThat(bare.refused()).isEqualTo(RefusalCode.MALFORMED);
    assertThat(agent.engine.capsules).isEmpty();
    assertThat(end(ALICE, "nobody").getRefused().getCode()).isEqualTo(RefusalCode.NO_SUCH_INSTANCE);
  }

  @Test
  void aStartThatFailsLeavesNothing() {
    agent.engine.before =
        (operation, id) ->
            operation.equals("start")
                ? Optional.of(new EngineFailure.ToolFailed("runc run", 1, "no"))
                : Optional.empty();

    assertThat(agent.run(ALICE, "i", "c1").refused()).isEqualTo(RefusalCode.CANNOT_START);

    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    agent.engine.before = (operation, id) -> Optional.empty();
    assertThat(agent.run(ALICE, "i", "c1").started()).isOne();
  }

  @Test
  void aLauncherThatIsGoneSinceARestartKeepsNoOtherOut() {
    agent.attach(ALICE, "i", "c1", false);
    agent.restart();
    assertThat(agent.state("i")).as("nobody waits").isEqualTo(InstanceState.ENDED);
    assertThat(agent.ask(Orders.restore("i", IMAGE, new UUID(2, 2))).getFailure().getCode())
        .isEqualTo(FailureCode.UNKNOWN_INSTANCE);

    assertThat(agent.attach(BOB, "i", "c2", false).refused()).isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(agent.attach(ALICE, "i", "c2", false).refused())
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNSPECIFIED);

    assertThat(agent.state("i")).isEqualTo(InstanceState.ATTACHED);
    agent.pass(Duration.ofSeconds(31));
    assertThat(agent.state("i")).as("it is another launcher's").isEqualTo(InstanceState.ATTACHED);
  }

  @Test
  void aWaitingLauncherThatComesBackAfterARestartIsTold() {
    agent.attach(ALICE, "i", "c1", false);
    agent.restart();

    agent.attach(ALICE, "i", "c1", true);

    assertThat(agent.state("i")).isEqualTo(InstanceState.ATTACHED);
  }

  @Test
  void aRestartedAgentGivesSessionsBack() {
    agent.run(ALICE, "i", "c1");
    agent.restart();

    TestLauncher again = agent.attach(ALICE, "i", "c1", true);

    assertThat(again.started()).isOne();
    agent.pass(Duration.ofSeconds(31));
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.attach(ALICE, "i", "c2", true).refused())
        .isEqualTo(RefusalCode.NO_SUCH_INSTANCE);
    assertThat(agent.attach(ALICE, "i", "c1", true).refused())
        .isEqualTo(RefusalCode.ALREADY_RUNNING);
  }

  @Test
  void anEndThatTheLauncherMissedIsToldWhenItComesBack() {
    agent.run(ALICE, "i", "c1");
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();
    agent.restart();
    assertThat(agent.ask(Orders.release("i", IMAGE)).hasDone()).isTrue();

    assertThat(agent.attach(ALICE, "i", "c1", true).ended()).isEqualTo(EndReason.HIBERNATED);
  }

  @Test
  void whoDoesNotComeBackLosesItsInstance() {
    agent.run(ALICE, "i", "c1");
    agent.restart();

    agent.pass(Duration.ofSeconds(30));

    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(agent.engine.capsules).isEmpty();
  }

  @Test
  void onlySchedulersUsersNameTheNode() {
    NodeIdentityRequest request =
        NodeIdentityRequest.newBuilder().setScheduler("yarn").setNode("127.0.0.1:45454").build();

    assertThat(agent.names.told(ALICE, request).getRefused().getCode())
        .isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(agent.names.told(BOB, request).hasAccepted()).isTrue();
    assertThat(
            agent
                .names
                .told(BOB, request.toBuilder().setNode("a\nb").build())
                .getRefused()
                .getCode())
        .isEqualTo(RefusalCode.MALFORMED);
    agent.restart();
    assertThat(agent.names.all()).containsExactly("yarn=127.0.0.1:45454");
  }

  private ThinReply end(Peer peer, String instance) {
    CompletableFuture<ThinReply> reply = agent.desk.end(peer, instance);
    agent.settle();
    return reply.join();
  }

  @Test
  void userIdsOfTheUpperHalfAreToldAsTheyAre() {
    Peer high = new Peer(4_000_000_000L, 4_000_000_001L);
    agent.run(high, "high", "c9");

    assertThat(agent.instances.find("high").orElseThrow().refresh().getOwnerUid())
        .isEqualTo(4_000_000_000L);
    assertThat(agent.desk.list(high).getList().getInstancesList())
        .extracting(instance -> instance.getInstance())
        .containsExactly("high");
  }
}
