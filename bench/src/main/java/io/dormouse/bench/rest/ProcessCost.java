package io.dormouse.bench.rest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a process has cost so far, from {@code /proc}.
 *
 * @param cpu its own time on any core, and that of its children that ended
 * @param residentBytes of memory, the code it runs included
 */
record ProcessCost(Duration cpu, long residentBytes) {
  private static final int FIRST_TIME_FIELD = 11;
  private static final int TIME_FIELDS = 4;

  /** Clock ticks of {@code /proc} are hundredths of a second on every architecture of Linux. */
  private static final long MILLIS_PER_TICK = 10;

  /**
   * Looks at a process.
   *
   * @throws IOException if it is gone
   */
  static ProcessCost of(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    return parse(
        Files.readString(process.resolve("stat")), Files.readString(process.resolve("status")));
  }

  static ProcessCost parse(String stat, String status) throws IOException {
    try {
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = 0;
      for (int i = 0; i < TIME_FIELDS; i++) {
        ticks += Long.parseLong(fields[FIRST_TIME_FIELD + i]);
      }
      String resident =
          status
              .lines()
              .filter(line -> line.startsWith("VmRSS:"))
              .findFirst()
              .orElseThrow(() -> new IOException("The process has no memory: it has ended."));
      long kibibytes = Long.parseLong(resident.replaceAll("\\D", ""));
      return new ProcessCost(Duration.ofMillis(ticks * MILLIS_PER_TICK), kibibytes * 1024);
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new IOException("/proc says something unknown: " + stat.strip(), e);
    }
  }
}
