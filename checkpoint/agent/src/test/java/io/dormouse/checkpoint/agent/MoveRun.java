package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Moves of an instance between two nodes, from one seed. */
final class MoveRun {
  private static final int STORM_STEPS = 40;
  private static final int STEPS_MAX = 500;

  private final Random random;
  private final Map<String, Long> furthest = new TreeMap<>();
  private final MoveNode n1;
  private final MoveNode n2;
  private final boolean forgetsFence;

  MoveRun(Path folder, long seed, boolean forgetsFence) throws IOException {
    Path home = Files.createDirectories(folder.resolve("s" + seed));
    this.random = new Random(seed);
    this.forgetsFence = forgetsFence;
    n1 = new MoveNode(home, "n1", random, furthest);
    n2 = new MoveNode(home, "n2", random, furthest);
    n1.takesFrom(n2);
    n2.takesFrom(n1);
  }

  /** How many of so many moves came to an end at the other node. */
  int run(int moves) {
    n1.run();
    MoveNode at = n1;
    int moved = 0;
    long epoch = 1;
    for (int i = 0; i < moves; i++) {
      MoveNode other = at == n1 ? n2 : n1;
      MoveScript move = new MoveScript("m" + i, at, other, random, epoch);
      move.forgetsFence = forgetsFence;
      carryOut(move, i + 1 == moves);
      moved += move.moved() ? 1 : 0;
      at = move.moved() ? other : at;
      epoch = move.epoch + 1;
      assertThat(at.running()).as("lives where it is after %s", move).isOne();
    }
    assertThat(n1.running() + n2.running()).isOne();
    assertThat(n1.hasFrozen() || n2.hasFrozen()).as("somebody stays frozen").isFalse();
    assertThat(furthest.get(MoveNode.INSTANCE)).isPositive();
    n1.assertHasNoImage();
    n2.assertHasNoImage();
    return moved;
  }

  private void carryOut(MoveScript move, boolean last) {
    int steps = 0;
    while (!move.isOver()) {
      boolean calm = last && steps >= STORM_STEPS;
      if (calm) {
        n1.calmDown();
        n2.calmDown();
      } else if (random.nextInt(4) == 0) {
        disturb(move);
      }
      check();
      move.beat();
      move.step(calm || random.nextInt(6) > 0);
      check();
      steps++;
      assertThat(steps).as("%s does not end", move).isLessThan(STEPS_MAX);
    }
    for (MoveNode node : List.of(n1, n2)) {
      node.pass(Duration.ofMillis(SteppedAgent.LEASE + 1_000));
    }
    check();
  }

  private void disturb(MoveScript move) {
    switch (random.nextInt(5)) {
      case 0 -> n1.kill();
      case 1 -> n2.kill();
      case 2 -> move.nextLeader();
      case 3 -> n1.pass(Duration.ofMillis(random.nextInt(14_000)));
      default -> n2.pass(Duration.ofMillis(random.nextInt(14_000)));
    }
  }

  private void check() {
    assertThat(n1.running() + n2.running()).as("lives that run").isLessThanOrEqualTo(1);
    n1.agent.engine.work();
    n2.agent.engine.work();
  }
}
