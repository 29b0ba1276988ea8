package io.dormouse.cli.up.arrivals;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The formats of traces with calls per minute, told apart by the names of their columns.
 *
 * @param columns names in order
 * @param function column of the function's name
 * @param trigger column of its trigger, if there is one
 * @param total column of the sum of all calls
 * @param counts column of the blank-separated {@code minute:count}
 */
record TraceFormat(
    ImmutableList<String> columns, int function, Optional<Integer> trigger, int total, int counts) {
  private static final List<String> JOINED = List.of("fn", "app", "trigger", "total");
  private static final List<String> DAY = List.of("fn", "weight", "total");
  private static final String COUNTS = "minute_counts";

  /** The format of a header line; empty when it is none of ours. */
  static Optional<TraceFormat> of(String header) {
    ImmutableList<String> names = ImmutableList.copyOf(header.split(",", -1));
    boolean known = names.containsAll(JOINED) || names.containsAll(DAY);
    if (!known || names.indexOf(COUNTS) != names.size() - 1) {
      return Optional.empty();
    }
    int trigger = names.indexOf("trigger");
    return Optional.of(
        new TraceFormat(
            names,
            names.indexOf("fn"),
            trigger < 0 ? Optional.empty() : Optional.of(trigger),
            names.indexOf("total"),
            names.indexOf(COUNTS)));
  }

  /** For messages. */
  static String describe() {
    return "fn,app,…,trigger,…,total,minute_counts or fn,weight,total,minute_counts";
  }

  /** The cells of a line; fewer or more than columns is up to the caller. */
  static List<String> cells(String line) {
    return Arrays.asList(line.split(",", -1));
  }
}
