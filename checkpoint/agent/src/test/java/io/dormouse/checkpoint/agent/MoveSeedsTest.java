package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An instance moves between two agents with a store each, under answers that get lost, connections
 * that are cut, leases that end, and kills of agents and leaders at random points: never two lives,
 * and none is lost. {@link MoveSeedsIT} runs more seeds; {@code -Dseed=N} replays one.
 */
class MoveSeedsTest {
  static final long LAST_QUICK_SEED = 15;
  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final AtomicInteger MOVED = new AtomicInteger();

  @TempDir Path folder;

  static List<Long> seeds() {
    return Seeds.of(1, LAST_QUICK_SEED);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void neverTwoLivesNeverNone(long seed) throws Exception {
    int moves = seed % 4 == 0 ? 2 : 1;

    MOVED.addAndGet(new MoveRun(folder, seed, false).run(moves));
    RUNS.addAndGet(moves);
  }

  @AfterAll
  static void someCameToAnEnd() {
    if (RUNS.get() >= LAST_QUICK_SEED) {
      assertThat(MOVED.get()).as("moves of %s", RUNS).isBetween(3, RUNS.get() - 2);
    }
  }

  /** The checks find a source that is not ended before its copy runs. */
  @Test
  void aForgottenFenceIsFound() {
    assertThatThrownBy(
            () -> {
              for (long seed = 1; seed <= 20; seed++) {
                var unused = new MoveRun(folder, seed, true).run(1);
              }
            })
        .isInstanceOf(AssertionError.class)
        .hasMessageMatching("(?s).*(lives that run|its lineage was at|lives where it is).*");
  }
}
