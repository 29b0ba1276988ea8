package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Packs the files of one image: pages that the domain has are referred to, the others go to packs
 * of their own. Not thread-safe.
 */
final class ImagePacker implements AutoCloseable {
  /** Where new packs go. */
  interface Destination {
    /** Begins a pack; committed when it is complete, else only closed. */
    Upload create(UUID pack) throws IOException;
  }

  /**
   * A pack whose chunks need not be stored again.
   *
   * @param chunks how many it holds
   * @param bytes its length
   */
  record Known(UUID pack, int chunks, long bytes) {}

  /**
   * What came of packing an image.
   *
   * @param newBytes length of the packs made for it
   * @param sharedBytes what the pages that others had stored take in their packs
   */
  record Packed(PageTable table, List<UUID> newPacks, long newBytes, long sharedBytes) {}

  private final PackWorkers workers;
  private final Destination destination;
  private final ChunkIndex index;
  private final List<Known> known;
  private final List<UUID> packs;
  private final long[] sharedPages;
  private final List<PackedFile> files = new ArrayList<>();
  private @Nullable PackWriter writer;
  private @Nullable Upload out;
  private long newBytes;

  /**
   * Begins an image.
   *
   * @param known packs whose chunks {@code index} knows, in its order
   */
  ImagePacker(PackWorkers workers, Destination destination, ChunkIndex index, List<Known> known) {
    this.workers = workers;
    this.destination = destination;
    this.index = index;
    this.known = List.copyOf(known);
    this.packs = new ArrayList<>(known.stream().map(Known::pack).toList());
    this.sharedPages = new long[known.size()];
  }

  /** Packs one more file. */
  void add(Path directory, Path file) throws IOException {
    PageRuns runs = new PageRuns();
    int mode = (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    try (SegmentReader reader = new SegmentReader(file, workers)) {
      for (Segment next = reader.next(); next != null; next = reader.next()) {
        for (int i = 0; i < next.chunks(); i++) {
          addPage(next, i, runs);
        }
        reader.recycle(next);
      }
      files.add(
          new PackedFile(directory.relativize(file).toString(), mode, reader.bytesRead(), runs));
    }
  }

  private void addPage(Segment segment, int chunk, PageRuns runs) throws IOException {
    if (segment.isZero(chunk)) {
      runs.add(PageRuns.ZEROS, 0);
      return;
    }
    long high = segment.idHigh(chunk);
    long low = segment.idLow(chunk);
    long place = index.find(high, low);
    if (place == ChunkIndex.NONE) {
      int ordinal = writer().add(segment.bytes, Segment.offset(chunk), high, low);
      place = ChunkIndex.place(packs.size() - 1, ordinal);
      index.add(high, low, place);
    }
    int pack = ChunkIndex.packOf(place);
    if (pack < sharedPages.length) {
      sharedPages[pack]++;
    }
    runs.add(pack, ChunkIndex.ordinalOf(place));
  }

  private PackWriter writer() throws IOException {
    PackWriter current = writer;
    if (current != null && current.isFull()) {
      finishPack();
      current = null;
    }
    if (current == null) {
      UUID pack = UUID.randomUUID();
      out = destination.create(pack);
      current =
          new PackWriter(
              pack,
              workers.keys().packKey(pack),
              out,
              workers.threads(),
              workers.blocksInFlightMax());
      writer = current;
      packs.add(pack);
    }
    return current;
  }

  private void finishPack() throws IOException {
    PackWriter complete = writer;
    Upload upload = out;
    if (complete != null && upload != null) {
      newBytes += complete.finish();
      upload.commit();
      close();
    }
  }

  /** Completes the last pack; names only the packs that the image uses. */
  Packed finish() throws IOException {
    finishPack();
    List<UUID> made = List.copyOf(packs.subList(known.size(), packs.size()));
    return new Packed(new PageTable(packs, files).compact(), made, newBytes, sharedBytes());
  }

  /** By the pages' share of each pack, as blocks hold pages of several images. */
  private long sharedBytes() {
    long bytes = 0;
    for (int i = 0; i < sharedPages.length; i++) {
      Known pack = known.get(i);
      bytes += pack.chunks() == 0 ? 0 : pack.bytes() * sharedPages[i] / pack.chunks();
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    PackWriter ended = writer;
    writer = null;
    if (ended != null) {
      ended.close();
    }
    Upload closed = out;
    out = null;
    if (closed != null) {
      closed.close();
    }
  }
}
