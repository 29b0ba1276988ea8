package io.dormouse.cli.up.arrivals;

import com.google.common.collect.ImmutableList;

/**
 * Calls of many functions.
 *
 * @param source where it is from, for reports
 * @param functions at least one
 */
public record Trace(String source, ImmutableList<FunctionTrace> functions) {
  /** Checks that there is something in it. */
  public Trace {
    if (functions.isEmpty()) {
      throw new IllegalArgumentException("The trace %s must have functions.".formatted(source));
    }
  }

  /** The first minute in which anything was called. */
  public int firstMinute() {
    return functions.stream().mapToInt(f -> f.callsByMinute().firstKey()).min().orElseThrow();
  }

  /** The last minute in which anything was called. */
  public int lastMinute() {
    return functions.stream().mapToInt(f -> f.callsByMinute().lastKey()).max().orElseThrow();
  }
}
