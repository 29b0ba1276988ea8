package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More seeds of {@link MoveSeedsTest}: 26 to 100, or to {@code -Ddormouse.move.seeds=N}. */
class MoveSeedsIT {
  @TempDir Path folder;

  @Test
  void neverTwoLivesNeverNone() throws Exception {
    int moved = 0;
    for (long seed = 26; seed <= Long.getLong("dormouse.move.seeds", 100); seed++) {
      try {
        moved += new MoveRun(folder, seed, false).run(1);
      } catch (AssertionError found) {
        throw new AssertionError("Replay: -Ddormouse.move.seed=" + seed, found);
      }
    }
    assertThat(moved).isGreaterThan(10);
  }
}
