package io.dormouse.checkpoint.images.packs;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Chunks that are stored anew, in packs of the image's own. Not thread-safe. */
final class NewChunks implements Closeable {
  private final PackWorkers workers;
  private final ImagePacker.Destination destination;
  private final List<UUID> packs;
  private final List<UUID> made = new ArrayList<>();
  private final ChunkIndex index;
  private final PackFinisher finisher;
  private @Nullable OpenPack open;

  /**
   * Begins with none.
   *
   * @param packs which {@link ChunkIndex#packOf} counts into; the new ones are added
   */
  NewChunks(
      PackWorkers workers, ImagePacker.Destination destination, List<UUID> packs, int chunksMax) {
    this.workers = workers;
    this.destination = destination;
    this.packs = packs;
    this.index = new ChunkIndex(chunksMax);
    this.finisher = new PackFinisher(destination);
  }

  /** Stores a chunk that begins at {@code offset}, once; its place. */
  long add(byte[] bytes, int offset, long idHigh, long idLow)
      throws IOException, CorruptPackException {
    long known = index.find(idHigh, idLow);
    if (known != ChunkIndex.NONE) {
      return known;
    }
    PackWriter writer = writer();
    long place = ChunkIndex.place(packs.size() - 1, writer.add(bytes, offset, idHigh, idLow));
    index.add(idHigh, idLow, place);
    return place;
  }

  private PackWriter writer() throws IOException, CorruptPackException {
    OpenPack current = open;
    if (current != null && current.writer().isFull()) {
      open = null;
      finisher.finish(current);
      current = null;
    }
    if (current == null) {
      UUID pack = UUID.randomUUID();
      current = OpenPack.begin(pack, destination.create(pack), workers);
      open = current;
      packs.add(pack);
      made.add(pack);
    }
    return current.writer();
  }

  /** Completes the last pack; how many bytes the new ones have. */
  long finish() throws IOException, CorruptPackException {
    OpenPack last = open;
    if (last != null) {
      open = null;
      finisher.finish(last);
    }
    return finisher.await();
  }

  List<UUID> made() {
    return List.copyOf(made);
  }

  @Override
  public void close() throws IOException {
    finisher.close();
    OpenPack unfinished = open;
    open = null;
    if (unfinished != null) {
      unfinished.close();
    }
  }
}
