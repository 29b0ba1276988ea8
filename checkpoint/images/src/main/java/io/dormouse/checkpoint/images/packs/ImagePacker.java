package io.dormouse.checkpoint.images.packs;

import java.io.IOException;
import java.io.OutputStream;
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
    /** Begins a pack; the stream is closed when it is complete. */
    OutputStream create(UUID pack) throws IOException;
  }

  /** What came of packing an image. */
  record Packed(PageTable table, List<UUID> newPacks, long newBytes) {}

  private final PackWorkers workers;
  private final Destination destination;
  private final ChunkIndex index;
  private final List<UUID> packs;
  private final int known;
  private final List<PackedFile> files = new ArrayList<>();
  private @Nullable PackWriter writer;
  private @Nullable OutputStream out;
  private long newBytes;

  /**
   * Begins an image.
   *
   * @param known packs whose chunks {@code index} knows, in its order
   */
  ImagePacker(PackWorkers workers, Destination destination, ChunkIndex index, List<UUID> known) {
    this.workers = workers;
    this.destination = destination;
    this.index = index;
    this.packs = new ArrayList<>(known);
    this.known = known.size();
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
    runs.add(ChunkIndex.packOf(place), ChunkIndex.ordinalOf(place));
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
    if (writer != null) {
      newBytes += writer.finish();
      close();
    }
  }

  /** Completes the last pack. */
  Packed finish() throws IOException {
    finishPack();
    return new Packed(
        new PageTable(packs, files), List.copyOf(packs.subList(known, packs.size())), newBytes);
  }

  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
      writer = null;
    }
    if (out != null) {
      OutputStream ended = out;
      out = null;
      ended.close();
    }
  }
}
