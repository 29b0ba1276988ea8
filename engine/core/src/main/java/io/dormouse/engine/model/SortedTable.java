package io.dormouse.engine.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An immutable table of rows in the order of their keys. A change makes a new table that shares all
 * blocks of rows that the change does not touch: d changes to n rows copy at most {@code 512 d}
 * references and look at {@code n / 256} blocks.
 *
 * <p>Thread-safe, as its rows are immutable.
 *
 * @param <K> key of a row; unique
 * @param <V> row; immutable
 */
public final class SortedTable<K extends Comparable<? super K>, V> implements Iterable<V> {
  private static final int BLOCK_ROWS_MAX = 512;

  private final Function<? super V, ? extends K> keyOf;
  private final List<List<V>> blocks;
  private final int[] firstRows;
  private final int size;

  private SortedTable(Function<? super V, ? extends K> keyOf, List<List<V>> blocks) {
    this.keyOf = keyOf;
    this.blocks = blocks;
    this.firstRows = new int[blocks.size()];
    int rows = 0;
    for (int block = 0; block < firstRows.length; block++) {
      firstRows[block] = rows;
      rows += blocks.get(block).size();
    }
    this.size = rows;
  }

  /** A table without rows. */
  public static <K extends Comparable<? super K>, V> SortedTable<K, V> empty(
      Function<? super V, ? extends K> keyOf) {
    return new SortedTable<>(keyOf, List.of());
  }

  /** How many rows it has. */
  public int size() {
    return size;
  }

  /**
   * A row by its place in the order.
   *
   * @throws IndexOutOfBoundsException unless {@code 0 <= row < size()}
   */
  public V get(int row) {
    if (row < 0 || row >= size) {
      throw new IndexOutOfBoundsException(
          "The row (%d) must be from 0 to below %d.".formatted(row, size));
    }
    int found = Arrays.binarySearch(firstRows, row);
    int block = found >= 0 ? found : -found - 2;
    return blocks.get(block).get(row - firstRows[block]);
  }

  /** The place of a key; -1 where it has no row. */
  public int rowOf(K key) {
    int block = blockOf(key);
    if (block < 0) {
      return -1;
    }
    int at = search(blocks.get(block), key);
    return at < 0 ? -1 : firstRows[block] + at;
  }

  /** The row of a key. */
  public Optional<V> find(K key) {
    int block = blockOf(key);
    if (block < 0) {
      return Optional.empty();
    }
    int at = search(blocks.get(block), key);
    return at < 0 ? Optional.empty() : Optional.of(blocks.get(block).get(at));
  }

  /**
   * The table after a change.
   *
   * @param upserts rows that are new or replace the one of their key; of several with one key the
   *     last counts
   * @param removals keys whose rows go, even if they are among the upserts; unknown ones are
   *     ignored
   */
  public SortedTable<K, V> with(Collection<? extends V> upserts, Collection<? extends K> removals) {
    if (upserts.isEmpty() && removals.isEmpty()) {
      return this;
    }
    TreeMap<K, @Nullable V> changes = new TreeMap<>();
    upserts.forEach(row -> changes.put(keyOf.apply(row), row));
    removals.forEach(key -> changes.put(key, null));
    return merged(new ArrayList<>(changes.entrySet()));
  }

  /** The table with one row more, or another one. */
  public SortedTable<K, V> with(V upsert) {
    return with(List.of(upsert), List.of());
  }

  private SortedTable<K, V> merged(List<Map.Entry<K, @Nullable V>> changes) {
    List<List<V>> result = new ArrayList<>(blocks.size() + 1);
    int next = 0;
    for (int block = 0; block < blocks.size(); block++) {
      int end = next;
      while (end < changes.size() && isBefore(changes.get(end).getKey(), block + 1)) {
        end++;
      }
      List<V> rows = blocks.get(block);
      append(result, end == next ? rows : merge(rows, changes.subList(next, end)));
      next = end;
    }
    append(result, merge(List.of(), changes.subList(next, changes.size())));
    return new SortedTable<>(keyOf, result);
  }

  private boolean isBefore(K key, int block) {
    return block >= blocks.size() || key.compareTo(firstKey(block)) < 0;
  }

  private List<V> merge(List<V> rows, List<Map.Entry<K, @Nullable V>> changes) {
    List<V> merged = new ArrayList<>(rows.size() + changes.size());
    int row = 0;
    for (Map.Entry<K, @Nullable V> change : changes) {
      while (row < rows.size() && keyOf.apply(rows.get(row)).compareTo(change.getKey()) < 0) {
        merged.add(rows.get(row++));
      }
      if (row < rows.size() && keyOf.apply(rows.get(row)).compareTo(change.getKey()) == 0) {
        row++;
      }
      V value = change.getValue();
      if (value != null) {
        merged.add(value);
      }
    }
    merged.addAll(rows.subList(row, rows.size()));
    return merged;
  }

  /** Adds rows as blocks: joins small neighbours, halves what is too large. */
  private void append(List<List<V>> result, List<V> rows) {
    if (rows.isEmpty()) {
      return;
    }
    int last = result.size() - 1;
    if (last >= 0 && result.get(last).size() + rows.size() <= BLOCK_ROWS_MAX / 2) {
      List<V> joined = new ArrayList<>(result.get(last));
      joined.addAll(rows);
      result.set(last, joined);
      return;
    }
    int parts = (rows.size() + BLOCK_ROWS_MAX - 1) / BLOCK_ROWS_MAX;
    for (int part = 0; part < parts; part++) {
      int from = (int) ((long) rows.size() * part / parts);
      int to = (int) ((long) rows.size() * (part + 1) / parts);
      result.add(parts == 1 ? rows : new ArrayList<>(rows.subList(from, to)));
    }
  }

  private K firstKey(int block) {
    return keyOf.apply(blocks.get(block).get(0));
  }

  /** The last block whose first key is not above {@code key}; -1 where there is none. */
  private int blockOf(K key) {
    int low = 0;
    int high = blocks.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (firstKey(middle).compareTo(key) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  private int search(List<V> rows, K key) {
    int low = 0;
    int high = rows.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = keyOf.apply(rows.get(middle)).compareTo(key);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  @Override
  public Iterator<V> iterator() {
    return new RowIterator();
  }

  /** Equal when the rows are, in their order; how they are cut into blocks does not count. */
  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof SortedTable<?, ?> that) || that.size != size) {
      return false;
    }
    Iterator<?> theirs = that.iterator();
    for (V row : this) {
      if (!row.equals(theirs.next())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (V row : this) {
      hash = 31 * hash + row.hashCode();
    }
    return hash;
  }

  @Override
  public String toString() {
    return "SortedTable of " + size + " rows";
  }

  private final class RowIterator implements Iterator<V> {
    private int block;
    private int row;

    @Override
    public boolean hasNext() {
      return block < blocks.size();
    }

    @Override
    public V next() {
      if (!hasNext()) {
        throw new NoSuchElementException("The table has only %d rows.".formatted(size));
      }
      List<V> rows = blocks.get(block);
      V value = rows.get(row++);
      if (row == rows.size()) {
        block++;
        row = 0;
      }
      return value;
    }
  }
}
