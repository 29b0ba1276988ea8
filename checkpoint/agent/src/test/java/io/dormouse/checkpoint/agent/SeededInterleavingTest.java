package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random commands, deaths of launchers and workers, engine failures, and kills of the agent in the
 * middle of whatever it does. {@code -Dseed=N} replays a run; {@link SeededInterleavingIT} runs
 * more.
 */
class SeededInterleavingTest {
  static final long LAST_QUICK_SEED = 15;
  private static final int STEPS = 60;
  private static final List<String> NAMES = List.of("a", "b", "c");

  @TempDir Path folder;
  private @Nullable SteppedAgent opened;
  private Random random = new Random(0);
  private final Map<String, UUID> images = new HashMap<>();
  private final Map<String, TestLauncher> launchers = new HashMap<>();
  private final List<Dumped> dumps = new ArrayList<>();
  private boolean killed;

  private record Dumped(String instance, UUID generation, CompletableFuture<AgentResult> result) {}

  /** Stands for kill -9 at this point. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed here on purpose", null, false, false);
    }
  }

  static List<Long> seeds() {
    return Seeds.of(1, LAST_QUICK_SEED);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void oneLifeAtATimeAndNobodyStaysFrozen(long seed) throws Exception {
    SteppedAgent agent =
        new SteppedAgent(Files.createDirectories(folder.resolve("s" + seed)), seed);
    agent.stopped = () -> killed;
    opened = agent;
    random = new Random(seed);
    agent.engine.before = this::trouble;
    for (int step = 0; step < STEPS; step++) {
      act(NAMES.get(random.nextInt(NAMES.size())));
      if (random.nextInt(3) > 0) {
        settle();
      }
      check();
    }
    agent.engine.before = (operation, id) -> Optional.empty();
    settle();
    leaderStaysAway();
    everybodyLeaves();
  }

  private void act(String name) {
    switch (random.nextInt(14)) {
      case 0, 1 -> launchers.put(name, run(name));
      case 2, 3 -> send(agent().send(Orders.freeze(name)));
      case 4 -> send(agent().send(Orders.thaw(name)));
      case 5, 6 -> dump(name);
      case 7 -> images.forEach((n, g) -> send(agent().send(Orders.release(n, g))));
      case 8, 9 -> wake(name);
      case 10 -> launcherDies(name);
      case 11 -> passTime(Duration.ofMillis(random.nextInt(12_000)));
      case 12 ->
          send(agent().send(random.nextBoolean() ? Orders.renew(NAMES) : Orders.terminate(name)));
      default -> killed = random.nextBoolean();
    }
  }

  private TestLauncher run(String name) {
    TestLauncher launcher = agent().runLater(ALICE, name, "c" + random.nextInt(1000));
    settle();
    if (launcher.started() > 0) {
      images.remove(name);
    }
    return launcher;
  }

  private void dump(String name) {
    UUID generation = new UUID(random.nextLong(), random.nextLong());
    CompletableFuture<AgentResult> result = agent().send(Orders.dump(name, generation));
    dumps.add(new Dumped(name, generation, result));
  }

  /** As a leader: only a restored life may be thawed whose source is over. */
  private void wake(String name) {
    UUID image = images.get(name);
    if (image == null) {
      return;
    }
    launchers.put(name, agent().attachLater(ALICE, name, "w" + random.nextInt(1000)));
    UUID next = new UUID(random.nextLong(), random.nextLong());
    send(agent().send(Orders.restore(name, image, next)));
    if (random.nextInt(4) > 0) {
      send(agent().send(Orders.thaw(name)));
    }
  }

  private void launcherDies(String name) {
    TestLauncher launcher = launchers.remove(name);
    if (launcher != null && launcher.open) {
      agent().launcherDies(name, launcher);
    }
  }

  private static void send(CompletableFuture<AgentResult> result) {
    assertThat(result).isNotNull();
  }

  private Optional<EngineFailure> trouble(String operation, String id) {
    int dice = random.nextInt(60);
    if (killed || dice == 0) {
      killed = true;
      throw new Killed();
    }
    if (dice == 1) {
      agent().engine.exit(id, 1);
    }
    boolean mayFail = !operation.equals("thaw") && !operation.equals("delete");
    return dice == 2 && mayFail
        ? Optional.of(new EngineFailure.ToolFailed("tool", 1, "seeded"))
        : Optional.empty();
  }

  private SteppedAgent agent() {
    return Objects.requireNonNull(opened);
  }

  private void settle() {
    try {
      agent().settle();
    } catch (Killed now) {
      assertThat(killed).isTrue();
    }
    while (killed) {
      killed = false;
      whileTheAgentIsDown();
      restart();
    }
    for (Dumped dumped : dumps) {
      if (dumped.result.isDone()
          && !dumped.result.isCompletedExceptionally()
          && dumped.result.join().hasDone()) {
        images.put(dumped.instance, dumped.generation);
      }
    }
    dumps.clear();
  }

  /** What runs goes on, and may end before anybody looks again. */
  private void whileTheAgentIsDown() {
    agent().engine.work();
    if (random.nextInt(3) == 0) {
      List.copyOf(agent().engine.capsules.keySet()).forEach(id -> agent().engine.exit(id, 0));
    }
  }

  private void passTime(Duration duration) {
    try {
      agent().pass(duration);
    } catch (Killed now) {
      assertThat(killed).isTrue();
    }
  }

  private void restart() {
    try {
      agent().restart();
    } catch (Killed again) {
      assertThat(killed).isTrue();
    }
  }

  private void check() {
    agent().engine.work();
    for (String name : NAMES) {
      assertThat(agent().engine.running(name)).as(name).isLessThanOrEqualTo(1);
    }
  }

  private void leaderStaysAway() {
    agent().pass(Duration.ofMillis(SteppedAgent.LEASE));
    check();
    assertThat(agent().engine.capsules.values())
        .noneMatch(capsule -> capsule.status == Status.FROZEN);
  }

  private void everybodyLeaves() {
    agent().everyLauncherDies();
    agent().pass(Duration.ofSeconds(31));
    agent().housekeeping.lookForExits();
    agent().housekeeping.measure();
    agent().settle();
    assertThat(agent().engine.capsules).isEmpty();
  }
}
