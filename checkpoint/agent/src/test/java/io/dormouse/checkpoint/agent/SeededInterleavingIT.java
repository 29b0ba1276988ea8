package io.dormouse.checkpoint.agent;

import java.util.List;

/** More seeds of {@link SeededInterleavingTest}. */
class SeededInterleavingIT extends SeededInterleavingTest {
  static List<Long> seeds() {
    return Seeds.of(LAST_QUICK_SEED + 1, 60);
  }
}
