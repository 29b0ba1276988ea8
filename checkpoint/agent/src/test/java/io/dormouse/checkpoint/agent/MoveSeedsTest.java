package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An instance moves between two agents with a store each, under answers that get lost, connections
 * that are cut, leases that end, and kills of agents and leaders at random points: never two lives,
 * and none is lost. {@link MoveSeedsIT} runs more seeds; {@code -Ddormouse.move.seed=N} replays
 * one.
 */
class MoveSeedsTest {
  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final AtomicInteger MOVED = new AtomicInteger();

  @TempDir Path folder;

  static List<Long> seeds() {
    Long one = Long.getLong("dormouse.move.seed");
    return one != null ? List.of(one) : LongStream.rangeClosed(1, 25).boxed().toList();
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
    if (RUNS.get() > 25) {
      assertThat(MOVED.get()).as("moves of %s", RUNS).isBetween(5, RUNS.get() - 3);
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
