package io.dormouse.cli.up.arrivals;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one open trace, strictly: the first thing that is wrong ends it, with its line. */
final class TraceReader {
  static final int FUNCTIONS_MAX = 200_000;
  static final int MINUTE_MAX = 31 * 24 * 60;
  static final int CALLS_PER_MINUTE_MAX = 10_000_000;
  private static final Pattern MINUTE_COUNT = Pattern.compile("(-?\\d{1,9}):(-?\\d{1,9})");
  private static final Pattern TOTAL = Pattern.compile("\\d{1,18}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

  private final BoundedLines lines;
  private final TraceFormat format;
  private final Set<String> names = new HashSet<>();

  private TraceReader(BoundedLines lines, TraceFormat format) {
    this.lines = lines;
    this.format = format;
  }

  /** Reads all of it; empty when the header is that of another kind of file. */
  static Optional<Trace> read(String file, BoundedLines lines) throws IOException {
    @Nullable String header = lines.next();
    if (header == null) {
      throw lines.bad("the file is empty.", "Maybe its download or copy was cut off.");
    }
    Optional<TraceFormat> format = TraceFormat.of(header);
    if (format.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Trace(file, new TraceReader(lines, format.get()).functions()));
  }

  private ImmutableList<FunctionTrace> functions() throws IOException {
    ImmutableList.Builder<FunctionTrace> functions = ImmutableList.builder();
    for (@Nullable String line = lines.next(); line != null; line = lines.next()) {
      if (names.size() == FUNCTIONS_MAX) {
        throw lines.bad(
            "there are more than %d functions.".formatted(FUNCTIONS_MAX),
            "Maybe cut the file to the functions you need.");
      }
      functions.add(function(line));
    }
    if (names.isEmpty()) {
      throw lines.bad("there is no function after the header.", "Maybe the file was cut off.");
    }
    return functions.build();
  }

  private FunctionTrace function(String line) throws BadTraceException {
    List<String> cells = TraceFormat.cells(line);
    if (cells.size() != format.columns().size()) {
      throw lines.bad(
          "the line has %d columns but the header %d."
              .formatted(cells.size(), format.columns().size()),
          "Maybe a line was cut off, or a cell holds a comma.");
    }
    String name = cells.get(format.function());
    if (!NAME.matcher(name).matches()) {
      throw lines.bad(
          "the function's name (%s) must be 1 to 100 letters, digits and . _ -"
              .formatted(shorten(name)),
          "Maybe the columns are in another order than the header says.");
    }
    if (!names.add(name)) {
      throw lines.bad(
          "the function %s was there before.".formatted(name),
          "Maybe two files were joined: keep one line per function.");
    }
    ImmutableSortedMap<Integer, Integer> calls = calls(cells.get(format.counts()));
    checkTotal(cells.get(format.total()), calls);
    String trigger = format.trigger().map(column -> shorten(cells.get(column))).orElse("unknown");
    return new FunctionTrace(name, trigger.toLowerCase(Locale.ROOT), calls);
  }

  private ImmutableSortedMap<Integer, Integer> calls(String cell) throws BadTraceException {
    TreeMap<Integer, Integer> calls = new TreeMap<>();
    for (String pair : cell.split(" ", -1)) {
      Matcher matcher = MINUTE_COUNT.matcher(pair);
      if (!matcher.matches()) {
        throw lines.bad(
            "minute_counts holds \"%s\" where minute:count is wanted.".formatted(shorten(pair)),
            "Maybe the numbers are not whole, or the parts are not separated by one blank.");
      }
      int minute = checked("minute", matcher.group(1), 0, MINUTE_MAX);
      int count = checked("count", matcher.group(2), 1, CALLS_PER_MINUTE_MAX);
      if (calls.put(minute, count) != null) {
        throw lines.bad(
            "the minute %d is there twice.".formatted(minute), "Maybe two rows were joined.");
      }
    }
    return ImmutableSortedMap.copyOf(calls);
  }

  private int checked(String what, String digits, int least, int most) throws BadTraceException {
    int value = Integer.parseInt(digits);
    if (value < least || value > most) {
      throw lines.bad(
          "the %s (%d) must be between %d and %d.".formatted(what, value, least, most),
          "Maybe the file counts in other units, or minutes without calls were not left out.");
    }
    return value;
  }

  private void checkTotal(String cell, ImmutableSortedMap<Integer, Integer> calls)
      throws BadTraceException {
    long sum = calls.values().stream().mapToLong(Integer::longValue).sum();
    if (!TOTAL.matcher(cell).matches() || Long.parseLong(cell) != sum) {
      throw lines.bad(
          "the total (%s) must be the sum of minute_counts (%d).".formatted(shorten(cell), sum),
          "Maybe the line was cut off.");
    }
  }

  private static String shorten(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
