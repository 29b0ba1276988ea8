package io.dormouse.checkpoint.images.packs;

import java.util.Arrays;

/**
 * Which chunks make up a file, in order, as runs of neighbours: of chunks that follow each other in
 * a pack, or of pages that are all zero. Primitive columns, as a scattered file has many. Not
 * thread-safe while it grows.
 */
final class PageRuns {
  /** Stands for a pack where pages are zero. */
  static final int ZEROS = -1;

  private int[] packs = new int[4];
  private int[] firsts = new int[4];
  private int[] counts = new int[4];
  private int size;

  /** Adds one page: of a pack, or of {@link #ZEROS}, where {@code ordinal} says nothing. */
  void add(int pack, int ordinal) {
    append(pack, ordinal, 1);
  }

  /** Adds pages that follow each other; to the last run if they follow that. */
  void append(int pack, int ordinal, int count) {
    int last = size - 1;
    boolean follows =
        size > 0
            && packs[last] == pack
            && (pack == ZEROS || firsts[last] + counts[last] == ordinal);
    if (follows) {
      counts[last] = Math.addExact(counts[last], count);
    } else {
      addRun(pack, pack == ZEROS ? 0 : ordinal, count);
    }
  }

  void addRun(int pack, int first, int count) {
    if (size == packs.length) {
      packs = Arrays.copyOf(packs, 2 * size);
      firsts = Arrays.copyOf(firsts, 2 * size);
      counts = Arrays.copyOf(counts, 2 * size);
    }
    packs[size] = pack;
    firsts[size] = first;
    counts[size++] = count;
  }

  /** The same with pack {@code i} called {@code numbers[i]}. */
  PageRuns renumbered(int[] numbers) {
    PageRuns other = new PageRuns();
    for (int i = 0; i < size; i++) {
      other.addRun(packs[i] == ZEROS ? ZEROS : numbers[packs[i]], firsts[i], counts[i]);
    }
    return other;
  }

  int size() {
    return size;
  }

  int pack(int run) {
    return packs[run];
  }

  int first(int run) {
    return firsts[run];
  }

  int count(int run) {
    return counts[run];
  }

  /** All pages of it. */
  long pages() {
    long pages = 0;
    for (int i = 0; i < size; i++) {
      pages += counts[i];
    }
    return pages;
  }
}
