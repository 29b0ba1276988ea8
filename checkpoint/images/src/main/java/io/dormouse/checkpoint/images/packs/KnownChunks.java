package io.dormouse.checkpoint.images.packs;

import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Chunks that the store has already, by name. Not thread-safe. */
final class KnownChunks {
  private final ChunkIndex index;
  private final List<ImagePacker.Known> packs;
  private final BitSet sparse = new BitSet();

  /** {@code index} knows the chunks of {@code packs}, in their order. */
  KnownChunks(ChunkIndex index, List<ImagePacker.Known> packs) {
    this.index = index;
    this.packs = List.copyOf(packs);
  }

  List<UUID> packs() {
    return packs.stream().map(ImagePacker.Known::pack).toList();
  }

  /** How many chunks are worth remembering. */
  int chunksMax() {
    return Math.max(1, index.size());
  }

  /** Where a chunk is, or {@link ChunkIndex#NONE}. */
  long find(PackFooter footer, int chunk) {
    long place = index.find(footer.idHigh(chunk), footer.idLow(chunk));
    return place != ChunkIndex.NONE && sparse.get(ChunkIndex.packOf(place))
        ? ChunkIndex.NONE
        : place;
  }

  /**
   * Which chunks of each pack these would use. Packs of which they use so little that they had
   * better not live on for it are not known any more.
   */
  BitSet[] uses(Collection<PartialPack> all) {
    BitSet[] uses = packs.stream().map(pack -> new BitSet(pack.chunks())).toArray(BitSet[]::new);
    for (PartialPack part : all) {
      part.used()
          .forEach(
              chunk -> {
                long place = find(part.footer(), chunk);
                if (place != ChunkIndex.NONE) {
                  uses[ChunkIndex.packOf(place)].set(ChunkIndex.ordinalOf(place));
                }
              });
    }
    for (int i = 0; i < uses.length; i++) {
      long chunks = uses[i].cardinality();
      if (chunks > 0 && chunks * SparsePacks.CHUNKS_PER_USED_MAX < packs.get(i).chunks()) {
        sparse.set(i);
        uses[i].clear();
      }
    }
    return uses;
  }

  /** What these chunks take here: the packs' lengths by share. */
  long sharedBytes(BitSet[] uses) {
    long bytes = 0;
    for (int i = 0; i < uses.length; i++) {
      ImagePacker.Known pack = packs.get(i);
      bytes += pack.chunks() == 0 ? 0 : pack.bytes() * uses[i].cardinality() / pack.chunks();
    }
    return bytes;
  }
}
