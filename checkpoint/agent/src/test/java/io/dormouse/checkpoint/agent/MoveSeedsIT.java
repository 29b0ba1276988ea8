package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More seeds of {@link MoveSeedsTest}, or one: {@code -Dseed=N}. */
class MoveSeedsIT {
  @TempDir Path folder;

  @Test
  void neverTwoLivesNeverNone() throws Exception {
    int moved = 0;
    for (long seed : Seeds.of(MoveSeedsTest.LAST_QUICK_SEED + 1, 100)) {
      try {
        moved += new MoveRun(folder, seed, false).run(1);
      } catch (AssertionError found) {
        throw new AssertionError("Replay: -Dseed=" + seed, found);
      }
    }
    if (Long.getLong("seed") == null) {
      assertThat(moved).isGreaterThan(10);
    }
  }
}
