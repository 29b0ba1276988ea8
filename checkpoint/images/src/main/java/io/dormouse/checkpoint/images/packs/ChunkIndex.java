package io.dormouse.checkpoint.images.packs;

/**
 * Where chunks lie, by name: an open-addressing table in primitive columns, 24 bytes a slot. Holds
 * a bounded number; chunks beyond it are not remembered, and stored again. Names are uniformly
 * distributed, so half of one is its hash. Not thread-safe.
 */
final class ChunkIndex {
  /** What {@link #find} answers for a chunk that it does not know. */
  static final long NONE = -1;

  private static final int SMALLEST = 1 << 10;

  private final int chunksMax;
  private long[] highs = new long[SMALLEST];
  private long[] lows = new long[SMALLEST];
  private long[] places = filled(SMALLEST);
  private int size;

  /**
   * Makes an empty index.
   *
   * @param chunksMax how many it remembers; 48 bytes of heap each at worst
   */
  ChunkIndex(int chunksMax) {
    this.chunksMax = chunksMax;
  }

  /** A chunk's place as one number. */
  static long place(int pack, int ordinal) {
    return (long) pack << Integer.SIZE | ordinal;
  }

  static int packOf(long place) {
    return (int) (place >>> Integer.SIZE);
  }

  static int ordinalOf(long place) {
    return (int) place;
  }

  /** The place of a chunk, or {@link #NONE}. */
  long find(long idHigh, long idLow) {
    return places[slot(idHigh, idLow)];
  }

  /** Remembers a chunk unless it is known or there is no room. */
  void add(long idHigh, long idLow, long place) {
    if (size == chunksMax) {
      return;
    }
    if (2 * size >= places.length) {
      grow();
    }
    int slot = slot(idHigh, idLow);
    if (places[slot] == NONE) {
      highs[slot] = idHigh;
      lows[slot] = idLow;
      places[slot] = place;
      size++;
    }
  }

  int size() {
    return size;
  }

  private int slot(long idHigh, long idLow) {
    int mask = places.length - 1;
    int slot = (int) idLow & mask;
    while (places[slot] != NONE && (highs[slot] != idHigh || lows[slot] != idLow)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldHighs = highs;
    long[] oldLows = lows;
    long[] oldPlaces = places;
    highs = new long[2 * oldPlaces.length];
    lows = new long[2 * oldPlaces.length];
    places = filled(2 * oldPlaces.length);
    for (int i = 0; i < oldPlaces.length; i++) {
      if (oldPlaces[i] != NONE) {
        int slot = slot(oldHighs[i], oldLows[i]);
        highs[slot] = oldHighs[i];
        lows[slot] = oldLows[i];
        places[slot] = oldPlaces[i];
      }
    }
  }

  private static long[] filled(int length) {
    long[] none = new long[length];
    java.util.Arrays.fill(none, NONE);
    return none;
  }
}
