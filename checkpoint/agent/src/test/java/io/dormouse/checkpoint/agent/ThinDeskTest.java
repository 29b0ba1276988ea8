package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.Bench.ALICE;
import static io.dormouse.checkpoint.agent.Bench.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.ContainerEvent;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.NodeIdentityRequest;
import io.dormouse.checkpoint.agentapi.proto.NotifyRequest;
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
  private Bench bench;

  @BeforeEach
  void setUp() {
    bench = new Bench(folder, 3);
  }

  @Test
  void whatIsAnothersIsRefused() {
    bench.run(ALICE, "i", "c1");

    assertThat(bench.run(BOB, "i", "c2").refused()).isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(bench.attach(BOB, "i", "c2", false).refused()).isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(bench.attach(BOB, "i", "c1", true).refused()).isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(end(BOB, "i").getRefused().getCode()).isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(notice(BOB, "c1").getRefused().getCode()).isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(bench.desk.list(BOB).getList().getInstancesList()).isEmpty();
    assertThat(bench.desk.list(ALICE).getList().getInstancesList()).hasSize(1);
    assertThat(bench.desk.list(ROOT).getList().getInstancesList()).hasSize(1);
    assertThat(bench.engine.running("i")).isOne();
  }

  @Test
  void anotherUsersImageIsOutOfReachUnderAnyName() {
    bench.run(ALICE, "i", "c1");
    assertThat(bench.ask(Bench.dump("i", IMAGE)).hasDone()).isTrue();
    assertThat(bench.ask(Bench.release("i", IMAGE)).hasDone()).isTrue();

    assertThat(bench.run(BOB, "i", "c2").refused()).isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(bench.attach(BOB, "i", "c2", false).refused()).isEqualTo(RefusalCode.NOT_YOURS);
  }

  @Test
  void theOwnerOfAnImageIsCheckedAgainAtItsRestore() {
    assertThat(bench.attach(BOB, "i", "c2", false).refused())
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNSPECIFIED);
    Bench elsewhere = new Bench(folder, 4, "other");
    elsewhere.run(ALICE, "i", "c1");
    assertThat(elsewhere.ask(Bench.dump("i", IMAGE)).hasDone()).isTrue();

    assertThat(bench.ask(Bench.restore("i", IMAGE, new UUID(2, 2))).getFailure().getCode())
        .isEqualTo(FailureCode.PERMISSION_DENIED);
  }

  @Test
  void aNameRunsOnce() {
    bench.run(ALICE, "i", "c1");

    assertThat(bench.run(ALICE, "i", "c2").refused()).isEqualTo(RefusalCode.ALREADY_RUNNING);
    assertThat(end(ALICE, "i").getEnded().getReason()).isEqualTo(EndReason.TERMINATED);
    assertThat(bench.run(ALICE, "i", "c2").started()).isOne();
  }

  @Test
  void badRequestsAreMalformed() {
    assertThat(bench.run(ALICE, "../etc", "c1").refused()).isEqualTo(RefusalCode.MALFORMED);
    assertThat(bench.run(ALICE, "i", "c".repeat(300)).refused()).isEqualTo(RefusalCode.MALFORMED);
    TestLauncher bare = new TestLauncher();
    bench.desk.run(ALICE, RunRequest.newBuilder().setInstance("i").addArgv("sleep").build(), bare);
    bench.settle();
    assertThat(bare.refused()).isEqualTo(RefusalCode.MALFORMED);
    assertThat(bench.engine.capsules).isEmpty();
    assertThat(end(ALICE, "nobody").getRefused().getCode()).isEqualTo(RefusalCode.NO_SUCH_INSTANCE);
  }

  @Test
  void aStartThatFailsLeavesNothing() {
    bench.engine.before =
        (operation, id) ->
            operation.equals("start")
                ? Optional.of(new EngineFailure.ToolFailed("runc run", 1, "no"))
                : Optional.empty();

    assertThat(bench.run(ALICE, "i", "c1").refused()).isEqualTo(RefusalCode.CANNOT_START);

    assertThat(bench.state("i")).isEqualTo(InstanceState.ENDED);
    bench.engine.before = (operation, id) -> Optional.empty();
    assertThat(bench.run(ALICE, "i", "c1").started()).isOne();
  }

  @Test
  void aRestartedAgentGivesSessionsBack() {
    bench.run(ALICE, "i", "c1");
    bench.restart();

    TestLauncher again = bench.attach(ALICE, "i", "c1", true);

    assertThat(again.started()).isOne();
    bench.pass(Duration.ofSeconds(31));
    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(bench.attach(ALICE, "i", "c2", true).refused())
        .isEqualTo(RefusalCode.NO_SUCH_INSTANCE);
    assertThat(bench.attach(ALICE, "i", "c1", true).refused())
        .isEqualTo(RefusalCode.ALREADY_RUNNING);
  }

  @Test
  void anEndThatTheLauncherMissedIsToldWhenItComesBack() {
    bench.run(ALICE, "i", "c1");
    assertThat(bench.ask(Bench.dump("i", IMAGE)).hasDone()).isTrue();
    bench.restart();
    assertThat(bench.ask(Bench.release("i", IMAGE)).hasDone()).isTrue();

    assertThat(bench.attach(ALICE, "i", "c1", true).ended()).isEqualTo(EndReason.HIBERNATED);
  }

  @Test
  void whoDoesNotComeBackLosesItsInstance() {
    bench.run(ALICE, "i", "c1");
    bench.restart();

    bench.pass(Duration.ofSeconds(30));

    assertThat(bench.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(bench.engine.capsules).isEmpty();
  }

  @Test
  void aStoppedContainerEndsWhatHasNoLauncher() {
    bench.run(ALICE, "i", "c1");
    assertThat(notice(ALICE, "c1").hasAccepted()).isTrue();
    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
    bench.restart();

    assertThat(notice(ALICE, "c1").hasAccepted()).isTrue();

    assertThat(bench.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(notice(ALICE, "unknown").hasAccepted()).isTrue();
  }

  @Test
  void onlySchedulersUsersNameTheNode() {
    NodeIdentityRequest request =
        NodeIdentityRequest.newBuilder().setScheduler("yarn").setNode("127.0.0.1:45454").build();

    assertThat(bench.names.told(ALICE, request).getRefused().getCode())
        .isEqualTo(RefusalCode.NOT_YOURS);
    assertThat(bench.names.told(BOB, request).hasAccepted()).isTrue();
    assertThat(
            bench
                .names
                .told(BOB, request.toBuilder().setNode("a\nb").build())
                .getRefused()
                .getCode())
        .isEqualTo(RefusalCode.MALFORMED);
    bench.restart();
    assertThat(bench.names.all()).containsExactly("yarn=127.0.0.1:45454");
  }

  private ThinReply end(Peer peer, String instance) {
    CompletableFuture<ThinReply> reply = bench.desk.end(peer, instance);
    bench.settle();
    return reply.join();
  }

  private ThinReply notice(Peer peer, String container) {
    CompletableFuture<ThinReply> reply =
        bench.desk.notify(
            peer,
            NotifyRequest.newBuilder()
                .setContainer(container)
                .setEvent(ContainerEvent.STOPPED)
                .build());
    bench.settle();
    return reply.join();
  }
}
