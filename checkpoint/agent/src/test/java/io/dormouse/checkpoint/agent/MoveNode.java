package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Epoch;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.images.Stored;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A node with one instance, whose agent may be killed at each step of its engine and each cut. */
final class MoveNode {
  static final String INSTANCE = "i";

  final String name;
  final SteppedAgent agent;
  private final Random random;
  private boolean killed;
  private boolean calm;

  /** Stands for kill -9 at this point. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed here on purpose", null, false, false);
    }
  }

  MoveNode(Path folder, String name, Random random, Map<String, Long> furthest) {
    this.name = name;
    this.random = random;
    this.agent =
        new SteppedAgent(
            folder,
            random.nextLong(),
            new SteppedAgent.Home(name, "state-" + name, "store-" + name));
    agent.engine.furthest = furthest;
    agent.stopped = () -> killed;
    agent.engine.before = this::trouble;
  }

  /** Images come from the other node's store, as far as the network lets them. */
  void takesFrom(MoveNode other) {
    agent.peers = wanted -> new LocalPeer(wanted.id(), name, other.agent.store, this::cut);
  }

  void calmDown() {
    calm = true;
  }

  private Optional<EngineFailure> trouble(String operation, String id) {
    if (killed) {
      throw new Killed();
    }
    if (calm) {
      return Optional.empty();
    }
    int dice = random.nextInt(40);
    if (dice == 0) {
      killed = true;
      throw new Killed();
    }
    boolean mayFail = operation.equals("dump") || operation.equals("restore");
    return dice < 4 && mayFail
        ? Optional.of(new EngineFailure.ToolFailed("tool", 1, "seeded"))
        : Optional.empty();
  }

  /** Whether the connection breaks here for good; or the taker dies. */
  private boolean cut() {
    if (!calm && random.nextInt(25) == 0) {
      killed = true;
      throw new Killed();
    }
    return !calm && random.nextInt(12) == 0;
  }

  /** What a leader's command comes to; empty where its answer does not come. */
  Optional<AgentResult> ask(AgentCommand.Builder command, String request, long epoch) {
    AgentCommand complete =
        command
            .setCell("c")
            .setEpoch(Epoch.newBuilder().setIncarnation(1).setCzxid(epoch))
            .setRequestId(request)
            .build();
    @Nullable CompletableFuture<AgentResult> result = null;
    try {
      result = agent.commands.execute(complete);
      agent.settle();
    } catch (Killed now) {
      killed = true;
    }
    boolean answered =
        !killed && result != null && result.isDone() && !result.isCompletedExceptionally();
    restartIfKilled();
    return answered && result != null ? Optional.of(result.join()) : Optional.empty();
  }

  void kill() {
    killed = true;
    restartIfKilled();
  }

  private void restartIfKilled() {
    while (killed) {
      killed = false;
      agent.engine.work();
      try {
        agent.restart();
      } catch (Killed again) {
        killed = true;
      }
    }
    reclaim();
  }

  /** Launchers come back to a new agent. */
  private void reclaim() {
    if (agent.instances.find(INSTANCE).isPresent() && !agent.hasLauncher(INSTANCE)) {
      guarded(() -> agent.attach(ALICE, INSTANCE, container(), true));
    }
  }

  /** A launcher waits here for the instance. */
  void attach() {
    guarded(() -> agent.attach(ALICE, INSTANCE, container(), false));
  }

  void run() {
    agent.run(ALICE, INSTANCE, container());
  }

  private String container() {
    return "container-" + name;
  }

  void pass(Duration duration) {
    guarded(() -> agent.pass(duration, killedOrDone()));
    guarded(agent::settle);
  }

  private Runnable killedOrDone() {
    return () -> {
      agent.settle();
      if (killed) {
        throw new Killed();
      }
    };
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (Killed now) {
      killed = true;
    }
    if (killed) {
      restartIfKilled();
    }
  }

  boolean awaits() {
    return agent.state(INSTANCE) == InstanceState.ATTACHED;
  }

  void assertHasNoImage() {
    assertThat(agent.store.list(INSTANCE)).isEqualTo(new Stored.Ok<>(List.of()));
  }

  long running() {
    return agent.engine.running(INSTANCE);
  }

  boolean hasFrozen() {
    return agent.engine.capsules.values().stream()
        .anyMatch(capsule -> capsule.status == Status.FROZEN);
  }
}
