package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableMap;
import java.util.TreeMap;

/** Totals since the start. Owned by the state machine. */
final class Tally {
  private final TreeMap<String, Long> counts = new TreeMap<>();

  Tally() {
    for (String name : NAMES) {
      counts.put(name, 0L);
    }
  }

  /** All that is ever counted, so that a metric is there before its first event. */
  private static final String[] NAMES = {
    "actions_begun",
    "actions_done",
    "actions_undone",
    "actions_lost",
    "cycles",
    "decisions",
    "decisions_not_carried_out",
    "inputs",
    "leaderships_gained",
    "leaderships_lost",
    "writes_fenced"
  };

  void count(String name) {
    if (counts.computeIfPresent(name, (key, value) -> value + 1) == null) {
      throw new IllegalArgumentException("The counter (%s) is not declared.".formatted(name));
    }
  }

  ImmutableMap<String, Long> totals() {
    return ImmutableMap.copyOf(counts);
  }
}
