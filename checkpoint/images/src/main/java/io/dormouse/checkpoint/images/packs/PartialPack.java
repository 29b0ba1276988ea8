package io.dormouse.checkpoint.images.packs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** A pack of another store, most of whose wanted chunks are here already. Not thread-safe. */
final class PartialPack {
  /** A pack comes in parts when these are at most one in so many of its bytes. */
  private static final int WORTH_IT = 2;

  private final UUID pack;
  private final PackFooter footer;
  private final BitSet used;
  private final long[] places;

  /** {@code used}: the chunks that are wanted. */
  PartialPack(UUID pack, PackFooter footer, BitSet used) {
    this.pack = pack;
    this.footer = footer;
    this.used = used;
    this.places = new long[used.length()];
    Arrays.fill(places, ChunkIndex.NONE);
  }

  UUID pack() {
    return pack;
  }

  PackFooter footer() {
    return footer;
  }

  IntStream used() {
    return used.stream();
  }

  /** Where a chunk is now. */
  long place(int chunk) {
    return places[chunk];
  }

  /** Whether it is better to bring parts of it than all. */
  boolean isWorthIt(KnownChunks known) {
    BitSet missing = missing(known);
    long bytes = missing.stream().mapToLong(footer::storedBytes).sum();
    return bytes * WORTH_IT <= footer.position(footer.blocks());
  }

  /** The blocks of it that hold chunks which are not here. */
  private BitSet missing(KnownChunks known) {
    BitSet blocks = new BitSet();
    used.stream()
        .filter(chunk -> known.find(footer, chunk) == ChunkIndex.NONE)
        .forEach(chunk -> blocks.set(chunk / PackFormat.BLOCK_CHUNKS));
    return blocks;
  }

  /**
   * Brings the chunks that are missing.
   *
   * @throws CorruptPackException when they are not what was sealed
   */
  void bring(PackSource source, PackWorkers workers, KnownChunks known, NewChunks chunks)
      throws IOException, CorruptPackException {
    used.stream().forEach(chunk -> places[chunk] = known.find(footer, chunk));
    BitSet missing = missing(known);
    PackFrame frame = PackFrame.read(source, pack);
    try (PackReader reader = frame.open(pack, workers.keys().packKey(pack));
        BlockReceiver blocks =
            new BlockReceiver(
                reader,
                workers,
                missing.stream().iterator(),
                (number, block) -> take(number, block, chunks))) {
      source.read(pack, ranges(missing), blocks);
      blocks.finish();
    } catch (CorruptPackException e) {
      throw new CorruptPackException("pack %s: %s".formatted(pack, e.getMessage()), e);
    }
  }

  private void take(int number, byte[] block, NewChunks chunks)
      throws IOException, CorruptPackException {
    int first = number * PackFormat.BLOCK_CHUNKS;
    int end = first + block.length / PackFormat.CHUNK_BYTES;
    for (int chunk = used.nextSetBit(first);
        chunk >= 0 && chunk < end;
        chunk = used.nextSetBit(chunk + 1)) {
      if (places[chunk] == ChunkIndex.NONE) {
        int offset = (chunk - first) * PackFormat.CHUNK_BYTES;
        places[chunk] = chunks.add(block, offset, footer.idHigh(chunk), footer.idLow(chunk));
      }
    }
  }

  /** Neighbouring blocks are read together. */
  private List<PackSource.Range> ranges(BitSet blocks) {
    List<PackSource.Range> ranges = new ArrayList<>();
    for (int from = blocks.nextSetBit(0); from >= 0; ) {
      int end = blocks.nextClearBit(from);
      long position = footer.position(from);
      ranges.add(new PackSource.Range(position, footer.position(end) - position));
      from = blocks.nextSetBit(end);
    }
    return ranges;
  }
}
