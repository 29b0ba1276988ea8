package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceRequest;
import io.dormouse.checkpoint.agentapi.proto.Epoch;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.RefusalCode;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails half-way is done later, and nothing of it is forgotten meanwhile. */
class HalfDoneTest {
  private static final UUID IMAGE = new UUID(1, 1);
  private static final UUID NEXT = new UUID(2, 2);

  @TempDir Path folder;
  private SteppedAgent agent;

  @BeforeEach
  void run() {
    agent = new SteppedAgent(folder, 1);
    agent.run(ALICE, "i", "c1");
  }

  /** restore + delete fail, controller aborts the copy (terminate) while delete still fails. */
  @Test
  void imageComesBackAfterAbortWhileDeleteFails() {
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();
    assertThat(agent.ask(Orders.release("i", IMAGE)).hasDone()).isTrue();
    agent.attach(ALICE, "i", "c2", false);
    agent.failing("restore", "delete");
    assertThat(agent.ask(Orders.restore("i", IMAGE, NEXT)).hasFailure()).isTrue();
    assertThat(agent.ask(Orders.terminate("i")).hasDone()).isTrue();
    agent.failing();
    for (int n = 0; n < 5; n++) {
      agent.housekeeping.measure();
      agent.settle();
      agent.pass(Duration.ofSeconds(10));
    }
    agent.restart();
    agent.attach(ALICE, "i", "c3", false);
    AgentResult again = agent.ask(Orders.restore("i", IMAGE, new UUID(3, 3)));
    assertThat(again.getFailure().getMessage()).isEmpty();
    assertThat(again.hasDone()).isTrue();
  }

  /** the claim can't be released once (its directory is not writable / EMFILE). */
  @Test
  void imageComesBackAfterReleaseFailsOnce() throws Exception {
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();
    assertThat(agent.ask(Orders.release("i", IMAGE)).hasDone()).isTrue();
    agent.attach(ALICE, "i", "c2", false);
    Path claims = folder.resolve("store/claims");
    Path aside = folder.resolve("store/claims.aside");
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("restore")) {
            try {
              Files.move(claims, aside);
              Files.writeString(claims, "obstacle");
            } catch (java.io.IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
            return Optional.of(new EngineFailure.Unknown("/proc", "Too many open files"));
          }
          return Optional.empty();
        };
    assertThat(agent.ask(Orders.restore("i", IMAGE, NEXT)).hasFailure()).isTrue();
    Files.delete(claims);
    Files.move(aside, claims);
    agent.failing();
    agent.housekeeping.measure();
    agent.settle();
    AgentResult again = agent.ask(Orders.restore("i", IMAGE, new UUID(3, 3)));
    assertThat(again.getFailure().getMessage()).isEmpty();
  }

  /** The claim is there, but nobody was told so. */
  @Test
  void anImageWhoseClaimHadNoAnswerIsGivenBack() throws Exception {
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();
    assertThat(agent.ask(Orders.release("i", IMAGE)).hasDone()).isTrue();
    agent.attach(ALICE, "i", "c2", false);
    Path claim = Files.createDirectories(folder.resolve("store/claims/i")).resolve("" + IMAGE);
    Files.writeString(claim, "not whole yet");
    assertThat(agent.ask(Orders.restore("i", IMAGE, NEXT)).getFailure().getCode())
        .isEqualTo(FailureCode.STORE_FAILED);
    Files.writeString(claim, "1970-01-01T00:00:00Z\nn1/" + NEXT + "\n");

    AgentResult again = agent.ask(Orders.restore("i", IMAGE, new UUID(3, 3)));

    assertThat(again.getFailure().getMessage()).isEmpty();
    assertThat(agent.ask(Orders.thaw("i")).hasDone()).isTrue();
    assertThat(agent.engine.running("i")).isOne();
  }

  /** A newest leader's own command joins a stale queued one. */
  @Test
  void theNewestLeaderIsNotToldThatItIsStale() {
    List<CompletableFuture<AgentResult>> second = new ArrayList<>();
    List<CompletableFuture<AgentResult>> first = new ArrayList<>();
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("dump")) {
            first.add(thaw(1));
            var unused =
                agent.commands.announce(
                    AnnounceRequest.newBuilder().setCell("c").setEpoch(epoch(2)).build());
            agent.time.pass(Commands.SETTLE_MAX, () -> {});
            second.add(thaw(2));
          }
          return Optional.empty();
        };
    agent.ask(Orders.dump("i", IMAGE));
    agent.settle();
    assertThat(first.get(0).join().getFailure().getCode()).isEqualTo(FailureCode.STALE_EPOCH);
    assertThat(second.get(0).join().getFailure().getCode()).isNotEqualTo(FailureCode.STALE_EPOCH);
  }

  private CompletableFuture<AgentResult> thaw(long czxid) {
    AgentCommand.Builder command = Orders.thaw("i");
    return agent.commands.execute(
        command.setCell("c").setEpoch(epoch(czxid)).setRequestId("X.UNDO_THAW.0.0").build());
  }

  private static Epoch epoch(long czxid) {
    return Epoch.newBuilder().setIncarnation(1).setCzxid(czxid).build();
  }

  /** A restart while the record can't be written: the freeze must still end by its lease. */
  @Test
  void aFreezeFoundAtARestartEndsThoughItsRecordCouldNotBeWrittenThen() throws Exception {
    AtomicBoolean killed = new AtomicBoolean();
    agent.stopped = killed::get;
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("dump")) {
            killed.set(true);
            throw new IllegalStateException("killed");
          }
          return Optional.empty();
        };
    var unused = agent.send(Orders.dump("i", IMAGE));
    agent.settle();
    assertThat(killed).isTrue();
    agent.stopped = () -> false;
    agent.failing();
    Path obstacle = Files.createDirectory(folder.resolve("state/instances/i.json.next"));
    agent.restart();
    agent.attach(ALICE, "i", "c1", true);
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
    assertThat(agent.engine.running("i")).isZero();
    assertThat(obstacle).isDirectory();
    Files.delete(obstacle);
    agent.pass(Duration.ofMillis(10 * SteppedAgent.LEASE));
    assertThat(agent.engine.running("i")).isOne();
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
  }

  /** What was given a place in the store goes with a stop that can't be put on record. */
  @Test
  void aDumpWhoseRecordCannotBeWrittenLeavesNothing() throws Exception {
    Path obstacle = Files.createDirectory(folder.resolve("state/instances/i.json.next"));

    assertThat(agent.ask(Orders.dump("i", IMAGE)).getFailure().getCode())
        .isEqualTo(FailureCode.INTERNAL);

    assertThat(folder.resolve("store/staging")).isEmptyDirectory();
    assertThat(agent.engine.running("i")).isOne();
    Files.delete(obstacle);
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();
  }

  /** Another node thaws its copy as soon as a source is released. */
  @Test
  void aSourceThatCannotBeKilledIsNotReleasedYet() {
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();
    agent.failing("kill", "delete");

    assertThat(agent.ask(Orders.release("i", IMAGE)).getFailure().getCode())
        .isEqualTo(FailureCode.INTERNAL);
    assertThat(agent.ask(Orders.release("i", IMAGE)).getFailure().getCode())
        .isEqualTo(FailureCode.INTERNAL);

    agent.failing();
    assertThat(agent.ask(Orders.release("i", IMAGE)).hasDone()).isTrue();
    assertThat(agent.engine.capsules.values()).allMatch(capsule -> capsule.status == Status.EXITED);
  }

  /** The earlier life can't be killed yet when the same name starts again. */
  @Test
  void anEarlierLifeThatCouldNotBeKilledIsNotForgotten() {
    agent.failing("kill", "delete");
    assertThat(agent.ask(Orders.terminate("i")).hasDone()).isTrue();
    agent.everyLauncherDies();
    assertThat(agent.run(ALICE, "i", "c2").refused()).isEqualTo(RefusalCode.CANNOT_START);
    assertThat(agent.engine.running("i")).as("the earlier life").isOne();

    agent.failing();
    agent.housekeeping.measure();
    agent.settle();

    assertThat(agent.engine.capsules).isEmpty();
    agent.run(ALICE, "i", "c3");
    assertThat(agent.engine.running("i")).isOne();
  }

  /** The same for a wake at the node it hibernated on. */
  @Test
  void aReleasedSourceThatCouldNotBeDeletedIsNotForgotten() {
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();
    agent.failing("delete");
    assertThat(agent.ask(Orders.release("i", IMAGE)).hasDone()).isTrue();
    agent.everyLauncherDies();
    assertThat(agent.attach(ALICE, "i", "c2", false).refused()).isEqualTo(RefusalCode.CANNOT_START);
    String released = agent.capsule("i");

    agent.failing();
    agent.housekeeping.measure();
    agent.settle();

    assertThat(agent.engine.capsules).doesNotContainKey(released);
    agent.attach(ALICE, "i", "c3", false);
    assertThat(agent.ask(Orders.restore("i", IMAGE, NEXT)).hasDone()).isTrue();
    assertThat(agent.ask(Orders.thaw("i")).hasDone()).isTrue();
    assertThat(agent.engine.capsules).hasSize(1);
    assertThat(agent.engine.running("i")).isOne();
  }
}
