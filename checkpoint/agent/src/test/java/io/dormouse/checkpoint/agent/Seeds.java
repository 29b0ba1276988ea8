package io.dormouse.checkpoint.agent;

import java.util.List;
import java.util.stream.LongStream;

/** Which seeds a test plays: {@code -Dseed=N} plays one again, {@code -Dseeds=N} that many. */
final class Seeds {
  private Seeds() {}

  /** From the first to the last, or what was asked for. */
  static List<Long> of(long first, long last) {
    Long one = Long.getLong("seed");
    return one != null
        ? List.of(one)
        : LongStream.rangeClosed(first, Long.getLong("seeds", last)).boxed().toList();
  }
}
