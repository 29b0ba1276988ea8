package io.dormouse.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of text in aligned columns. Not thread-safe. */
public final class TextTable {
  private static final int CELL_MAX = 100;
  private final List<List<String>> rows = new ArrayList<>();

  /** Starts with the names of the columns. */
  public TextTable(String... columns) {
    rows.add(List.of(columns));
  }

  /** Adds a row of as many cells as there are columns. */
  public TextTable row(String... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException(
          "The row (%d cells) must have %d cells.".formatted(cells.length, rows.get(0).size()));
    }
    rows.add(
        List.of(cells).stream()
            .map(c -> c.length() <= CELL_MAX ? c : c.substring(0, CELL_MAX - 1) + "…")
            .toList());
    return this;
  }

  @Override
  public String toString() {
    int[] widths =
        IntStream.range(0, rows.get(0).size())
            .map(column -> rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0))
            .toArray();
    return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < row.size(); column++) {
      line.append(row.get(column));
      line.append(" ".repeat(widths[column] - row.get(column).length() + 2));
    }
    return line.toString().stripTrailing();
  }
}
