package io.dormouse.it.moves;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What seeds came to: a line each in a file, so that a run that was broken off goes on. */
final class Campaign {
  /** Of a seed whose move was over before its trouble came. */
  static final String NO_TROUBLE = "NONE";

  private static final String TABLE_HEAD =
      """
      | trouble | seeds | moved | longest silence, median | longest |
      |---|---|---|---|---|
      """;

  private static final String HEADER = "seed,trouble,after_ms,for_ms,moved,longest_gap_ms";

  private final Path file;

  private Campaign(Path file) {
    this.file = file;
  }

  /** Of a campaign, that goes on; of a sample, that begins anew. */
  static Campaign open(String name) throws IOException {
    boolean whole = Boolean.getBoolean("dormouse.campaign");
    Path file = Path.of("target", "campaigns", name + (whole ? ".csv" : "-sample.csv"));
    if (!whole) {
      Files.deleteIfExists(file);
    }
    return new Campaign(file);
  }

  /** One seed's. */
  record Row(long seed, String trouble, int afterMillis, int forMillis, boolean moved, long gap) {
    String line() {
      return "%d,%s,%d,%d,%s,%d".formatted(seed, trouble, afterMillis, forMillis, moved, gap);
    }

    static Row of(String line) {
      String[] cells = line.split(",", -1);
      return new Row(
          Long.parseLong(cells[0]),
          cells[1],
          Integer.parseInt(cells[2]),
          Integer.parseInt(cells[3]),
          Boolean.parseBoolean(cells[4]),
          Long.parseLong(cells[5]));
    }
  }

  List<Row> rows() throws IOException {
    return Files.exists(file)
        ? Files.readAllLines(file).stream().skip(1).map(Row::of).toList()
        : List.of();
  }

  boolean has(long seed) throws IOException {
    return rows().stream().anyMatch(row -> row.seed() == seed);
  }

  void add(Row row) throws IOException {
    List<String> lines = new ArrayList<>();
    if (!Files.exists(file)) {
      Files.createDirectories(file.getParent());
      lines.add(HEADER);
    }
    lines.add(row.line());
    Files.write(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /**
   * For the documentation: by trouble, how many seeds, how many moved, and for how long nobody
   * answered.
   */
  String table() throws IOException {
    Map<String, List<Row>> byTrouble =
        rows().stream()
            .collect(Collectors.groupingBy(Row::trouble, TreeMap::new, Collectors.toList()));
    StringBuilder table = new StringBuilder(TABLE_HEAD);
    byTrouble.forEach((trouble, rows) -> table.append(line(trouble, rows)));
    return table.toString();
  }

  private static String line(String trouble, List<Row> rows) {
    long[] gaps = rows.stream().mapToLong(Row::gap).sorted().toArray();
    return "| %s | %d | %d | %.1f s | %.1f s |%n"
        .formatted(
            trouble,
            gaps.length,
            rows.stream().filter(Row::moved).count(),
            gaps[gaps.length / 2] / 1e3,
            gaps[gaps.length - 1] / 1e3);
  }
}
