package io.dormouse.checkpoint.images.packs;

import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** Packs of another store, as they are stored there: sealed, and not to be trusted. */
public interface PackSource {
  /**
   * A part of a pack.
   *
   * @param position where it begins
   * @param bytes its length
   */
  record Range(long position, long bytes) {
    /** Checks that it is one. */
    public Range {
      if (position < 0 || bytes < 0 || position > Long.MAX_VALUE - bytes) {
        throw new IllegalArgumentException(
            "The range of %d bytes from %d on must be part of a pack.".formatted(bytes, position));
      }
    }

    /** Where it ends. */
    public long end() {
      return position + bytes;
    }
  }

  /** Takes bytes as they come. */
  interface Sink {
    /**
     * Takes some.
     *
     * @param bytes valid during the call only, from {@code offset} on
     * @throws CorruptPackException when they can't be part of what was sealed
     */
    void take(byte[] bytes, int offset, int length) throws IOException, CorruptPackException;
  }

  /** A pack's length in bytes. */
  long length(UUID pack) throws IOException;

  /**
   * Reads parts of a pack, which must not overlap, in their order.
   *
   * @throws IOException when it has fewer bytes, or can't be read any more
   * @throws CorruptPackException as the sink does
   */
  void read(UUID pack, List<Range> ranges, Sink sink) throws IOException, CorruptPackException;
}
