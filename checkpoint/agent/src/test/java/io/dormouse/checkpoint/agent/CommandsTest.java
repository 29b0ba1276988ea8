package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.Abilities;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.AnnounceRequest;
import io.dormouse.checkpoint.agentapi.proto.Epoch;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.Freeze;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  @TempDir Path folder;
  private SteppedAgent agent;

  @BeforeEach
  void setUp() {
    agent = new SteppedAgent(folder, 7);
    agent.run(ALICE, "i", "c1");
  }

  @Test
  void anOlderLeaderIsRefusedEvenAfterARestart() {
    assertThat(announce(1, 5).getAccepted()).isTrue();
    agent.epoch = 4;
    assertCode(agent.ask(Orders.freeze("i")), FailureCode.STALE_EPOCH);

    agent.restart();

    assertCode(agent.ask(Orders.freeze("i")), FailureCode.STALE_EPOCH);
    AnnounceReply reply = announce(1, 4);
    assertThat(reply.getAccepted()).isFalse();
    assertThat(announce(2, 1).getAccepted()).isTrue();
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
  }

  @Test
  void whatAnOlderLeaderQueuedIsNotDoneOnceANewerIsIn() {
    CompletableFuture<AgentResult> queued = agent.send(Orders.freeze("i"));
    CompletableFuture<AnnounceReply> announced =
        agent.commands.announce(
            AnnounceRequest.newBuilder().setCell("c").setEpoch(epoch(1, 2)).build());
    assertThat(announced).isNotDone();

    agent.settle();

    assertCode(queued.join(), FailureCode.STALE_EPOCH);
    assertThat(announced.join().getInstances(0).getState()).isEqualTo(InstanceState.RUNNING);
  }

  @Test
  void aNewLeaderIsAnsweredWhileAnOlderOnesDumpIsUnderWay() {
    List<AnnounceReply> replies = new ArrayList<>();
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("dump")) {
            agent
                .commands
                .announce(AnnounceRequest.newBuilder().setCell("c").setEpoch(epoch(1, 2)).build())
                .thenAccept(replies::add);
            agent.time.pass(Commands.SETTLE_MAX, () -> {});
            assertThat(replies).singleElement().matches(AnnounceReply::getAccepted);
          }
          return Optional.empty();
        };
    CompletableFuture<AgentResult> dump = agent.send(Orders.dump("i", UUID.randomUUID()));
    CompletableFuture<AgentResult> queued = agent.send(Orders.thaw("i"));
    agent.settle();

    assertThat(replies).hasSize(1);
    assertThat(dump.join().hasDone()).isTrue();
    assertCode(queued.join(), FailureCode.STALE_EPOCH);
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
  }

  @Test
  void cellsHaveEpochsOfTheirOwn() {
    assertThat(announce(1, 9).getAccepted()).isTrue();
    AgentCommand other =
        Orders.freeze("i").setCell("other").setEpoch(epoch(1, 1)).setRequestId("x").build();

    CompletableFuture<AgentResult> result = agent.commands.execute(other);
    agent.settle();

    assertThat(result.join().hasDone()).isTrue();
  }

  @Test
  void theSameRequestIdDoesNothingTwiceAndGivesTheSameResult() {
    UUID image = UUID.randomUUID();
    AgentCommand dump = identified("d1", Orders.dump("i", image));
    AgentResult first = execute(dump);
    AgentCommand release = identified("r1", Orders.release("i", image));
    AgentResult released = execute(release);
    assertThat(first.hasDone()).isTrue();

    assertThat(execute(dump)).isEqualTo(first);
    agent.restart();
    assertThat(execute(dump)).isEqualTo(first);
    assertThat(execute(release)).isEqualTo(released);
    assertCode(
        execute(identified("d1", Orders.dump("i", UUID.randomUUID()))),
        FailureCode.INVALID_REQUEST);
  }

  @Test
  void whatWasNotBegunMayBeAskedAgainUnderTheSameId() {
    AgentCommand late =
        identified("t1", Orders.freeze("i")).toBuilder().setTimeoutMillis(50).build();
    CompletableFuture<AgentResult> result = agent.commands.execute(late);
    agent.time.pass(Duration.ofMillis(51), () -> {});
    agent.settle();
    assertCode(result.join(), FailureCode.TIMED_OUT);

    assertThat(execute(late).hasDone()).isTrue();
  }

  @Test
  void anInFlightRequestIsJoinedNotRepeated() {
    AgentCommand freeze = identified("f1", Orders.freeze("i"));
    CompletableFuture<AgentResult> one = agent.commands.execute(freeze);
    CompletableFuture<AgentResult> two = agent.commands.execute(freeze);
    agent.settle();

    assertThat(two.join()).isSameAs(one.join());
  }

  @Test
  void badRequestsAreRefusedWithAReason() {
    assertCode(execute(identified("", Orders.freeze("i"))), FailureCode.INVALID_REQUEST);
    assertCode(execute(identified("a", AgentCommand.newBuilder())), FailureCode.INVALID_REQUEST);
    assertCode(
        execute(
            identified(
                "b",
                AgentCommand.newBuilder()
                    .setFreeze(Freeze.newBuilder().setInstance("i").setLeaseMillis(-5)))),
        FailureCode.INVALID_REQUEST);
    assertCode(
        execute(
            identified(
                "c",
                AgentCommand.newBuilder()
                    .setDump(
                        Orders.dump("i", new UUID(0, 0)).getDump().toBuilder()
                            .setGeneration("x")))),
        FailureCode.INVALID_REQUEST);
    assertCode(
        execute(identified("d", Orders.discard("../x", new UUID(0, 0)))),
        FailureCode.INVALID_REQUEST);
    assertCode(execute(identified("e", Orders.thaw("nobody"))), FailureCode.UNKNOWN_INSTANCE);
    assertThat(execute(identified("f", Orders.thaw("nobody"))).getFailure().getMessage())
        .contains("nobody", "Maybe");
  }

  @Test
  void saysWhatItCanDoAndWhere() {
    Abilities abilities = announce(1, 1).getAbilities();
    assertThat(abilities.getFreeze()).isTrue();
    assertThat(abilities.getImage()).isTrue();
    assertThat(abilities.getHost().getKernelRelease()).isEqualTo("6");
    assertThat(abilities.getHost().getToolVersion()).isEqualTo("fake 1");
    assertThat(abilities.getHost().getEngine()).isEqualTo(agent.engine.name());

    agent.engine.images = false;

    assertThat(announce(1, 2).getAbilities().getImage()).isFalse();
  }

  private AnnounceReply announce(long incarnation, long czxid) {
    CompletableFuture<AnnounceReply> reply =
        agent.commands.announce(
            AnnounceRequest.newBuilder().setCell("c").setEpoch(epoch(incarnation, czxid)).build());
    agent.settle();
    return reply.join();
  }

  private AgentResult execute(AgentCommand command) {
    CompletableFuture<AgentResult> result = agent.commands.execute(command);
    agent.settle();
    return result.join();
  }

  private static AgentCommand identified(String id, AgentCommand.Builder command) {
    return command.setCell("c").setEpoch(epoch(1, 1)).setRequestId(id).build();
  }

  private static Epoch epoch(long incarnation, long czxid) {
    return Epoch.newBuilder().setIncarnation(incarnation).setCzxid(czxid).build();
  }

  private static void assertCode(AgentResult result, FailureCode code) {
    assertThat(result.getFailure().getCode()).as(result.toString()).isEqualTo(code);
  }
}
