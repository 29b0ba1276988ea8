package io.dormouse.cli.up.worker;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Records with three indexes over them: by key (a hash table and the sorted keys), by word
 * (postings), and by likeness (MinHash, Broder 1997). Building it is what makes a worker's start
 * dear; nothing in it waits or is done for show. Read-only once built.
 */
final class DataSet {
  private static final int EMPTY = -1;
  private static final int MIN_HASHES = 24;

  private final Records records;
  private final long[] sortedKeys;
  private final int[] rowsByHash;
  private final int[] postings;
  private final int[] postingStarts;
  private final int[] signatures;

  private DataSet(Records records) {
    this.records = records;
    this.sortedKeys = new long[records.count()];
    this.rowsByHash = new int[Integer.highestOneBit(records.count()) * 2];
    this.postings = new int[records.count() * Records.WORDS_PER_LINE];
    this.postingStarts = new int[Records.VOCABULARY + 1];
    this.signatures = new int[records.count()];
  }

  /** Generates, loads and indexes the data set of a name. */
  static DataSet build(String name, int rows) {
    DataSet data = new DataSet(Records.generate(SplitMix.seedOf(name), rows));
    data.indexKeys();
    data.indexWords();
    data.indexLikeness();
    return data;
  }

  private void indexKeys() {
    Arrays.fill(rowsByHash, EMPTY);
    for (int row = 0; row < records.count(); row++) {
      long key = records.key(row);
      sortedKeys[row] = key;
      rowsByHash[freeSlot(key)] = row;
    }
    Arrays.sort(sortedKeys);
  }

  private int freeSlot(long key) {
    int slot = slotOf(key);
    while (rowsByHash[slot] != EMPTY) {
      slot = (slot + 1) & (rowsByHash.length - 1);
    }
    return slot;
  }

  private int slotOf(long key) {
    return (int) SplitMix.mix(key) & (rowsByHash.length - 1);
  }

  private void indexWords() {
    int[] next = new int[Records.VOCABULARY];
    for (int row = 0; row < records.count(); row++) {
      for (int word = 0; word < Records.WORDS_PER_LINE; word++) {
        postingStarts[records.word(row, word) + 1]++;
      }
    }
    for (int word = 0; word < Records.VOCABULARY; word++) {
      postingStarts[word + 1] += postingStarts[word];
      next[word] = postingStarts[word];
    }
    for (int row = 0; row < records.count(); row++) {
      for (int word = 0; word < Records.WORDS_PER_LINE; word++) {
        postings[next[records.word(row, word)]++] = row;
      }
    }
  }

  private void indexLikeness() {
    for (int row = 0; row < records.count(); row++) {
      int signature = 0;
      for (int hash = 0; hash < MIN_HASHES; hash++) {
        signature = signature * 31 + (int) minHash(row, hash);
      }
      signatures[row] = signature;
    }
  }

  private long minHash(int row, int hash) {
    long least = Long.MAX_VALUE;
    for (int word = 0; word < Records.WORDS_PER_LINE; word++) {
      least = Math.min(least, SplitMix.mix((long) hash << 32 | records.word(row, word)));
    }
    return least;
  }

  /**
   * Looks up rows by key, by word and by likeness.
   *
   * @param seed which rows
   * @param lookups how many
   * @return a number that depends on all of them
   */
  long lookUp(long seed, int lookups) {
    SplitMix random = new SplitMix(seed);
    long result = 0;
    for (int i = 0; i < lookups; i++) {
      long key = sortedKeys[(int) Long.remainderUnsigned(random.next(), sortedKeys.length)];
      int row = find(key);
      int word = records.word(row, 0);
      int posting = postingStarts[word] + (row % (postingStarts[word + 1] - postingStarts[word]));
      result = SplitMix.mix(result ^ key ^ signatures[postings[posting]]);
    }
    return result;
  }

  private int find(long key) {
    int slot = slotOf(key);
    while (records.key(rowsByHash[slot]) != key) {
      slot = (slot + 1) & (rowsByHash.length - 1);
    }
    return rowsByHash[slot];
  }

  /** A checksum over every byte and index entry, as they are in memory now. */
  long checksum() {
    CRC32C crc = new CRC32C();
    crc.update(records.text(), 0, records.text().length);
    long sum = crc.getValue();
    for (long key : sortedKeys) {
      sum = sum * 31 + key;
    }
    return fold(fold(fold(fold(sum, rowsByHash), postings), postingStarts), signatures);
  }

  /** Four sums side by side: one alone would wait for each multiplication. */
  private static long fold(long start, int[] values) {
    long a = start;
    long b = 1;
    long c = 2;
    long d = 3;
    int even = values.length & ~3;
    for (int i = 0; i < even; i += 4) {
      a = a * 31 + values[i];
      b = b * 31 + values[i + 1];
      c = c * 31 + values[i + 2];
      d = d * 31 + values[i + 3];
    }
    for (int i = even; i < values.length; i++) {
      a = a * 31 + values[i];
    }
    return SplitMix.mix(a) ^ SplitMix.mix(b + 1) ^ SplitMix.mix(c + 2) ^ SplitMix.mix(d + 3);
  }
}
