package io.dormouse.checkpoint.images.packs;

import java.io.Closeable;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Packs of which an image would use so little that they had better not live on for it: their pages
 * are stored anew. So what an image keeps alive is at most {@link #CHUNKS_PER_USED_MAX} times what
 * it uses, however many generations have passed. Not thread-safe.
 */
final class SparsePacks implements Closeable {
  /** The most chunks of a pack per chunk that is used. */
  static final int CHUNKS_PER_USED_MAX = 3;

  private final Map<Integer, Source> sources = new HashMap<>();
  private final Map<Long, Long> moved = new HashMap<>();
  private final Sink sink;

  /** Opens a pack. */
  interface Opener {
    PackReader open(ImagePacker.Known pack) throws IOException, CorruptPackException;
  }

  /** Takes a chunk anew. */
  interface Sink {
    /** Stores a chunk that begins at {@code offset}; its new place. */
    long add(byte[] bytes, int offset, long idHigh, long idLow)
        throws IOException, CorruptPackException;
  }

  /** A pack, and the block of it that was read last. */
  private static final class Source {
    final PackReader reader;
    int number = -1;
    byte[] block = new byte[0];

    Source(PackReader reader) {
      this.reader = reader;
    }

    void read(int wanted) throws IOException, CorruptPackException {
      if (wanted != number) {
        block = reader.block(wanted);
        number = wanted;
      }
    }
  }

  private SparsePacks(Sink sink) {
    this.sink = sink;
  }

  /**
   * Finds them.
   *
   * @param used which chunks of each known pack the image uses
   */
  static SparsePacks among(
      List<ImagePacker.Known> known, List<BitSet> used, Opener opener, Sink sink)
      throws IOException, CorruptPackException {
    SparsePacks sparse = new SparsePacks(sink);
    try {
      for (int i = 0; i < known.size(); i++) {
        long chunks = used.get(i).cardinality();
        if (chunks > 0 && chunks * CHUNKS_PER_USED_MAX < known.get(i).chunks()) {
          sparse.sources.put(i, new Source(opener.open(known.get(i))));
          used.get(i).clear();
        }
      }
      return sparse;
    } catch (IOException | CorruptPackException | RuntimeException e) {
      sparse.close();
      throw e;
    }
  }

  /** The same pages, none of them in these packs. */
  PageRuns without(PageRuns runs) throws IOException, CorruptPackException {
    PageRuns other = new PageRuns();
    for (int run = 0; run < runs.size(); run++) {
      Source source = sources.get(runs.pack(run));
      if (source == null) {
        other.addRun(runs.pack(run), runs.first(run), runs.count(run));
        continue;
      }
      for (int chunk = runs.first(run); chunk < runs.first(run) + runs.count(run); chunk++) {
        long place = move(source, ChunkIndex.place(runs.pack(run), chunk), chunk);
        other.add(ChunkIndex.packOf(place), ChunkIndex.ordinalOf(place));
      }
    }
    return other;
  }

  private long move(Source source, long from, int chunk) throws IOException, CorruptPackException {
    @Nullable Long known = moved.get(from);
    if (known != null) {
      return known;
    }
    source.read(chunk / PackFormat.BLOCK_CHUNKS);
    PackFooter footer = source.reader.footer();
    int offset = chunk % PackFormat.BLOCK_CHUNKS * PackFormat.CHUNK_BYTES;
    long to = sink.add(source.block, offset, footer.idHigh(chunk), footer.idLow(chunk));
    moved.put(from, to);
    return to;
  }

  @Override
  public void close() throws IOException {
    for (Source source : sources.values()) {
      source.reader.close();
    }
  }
}
