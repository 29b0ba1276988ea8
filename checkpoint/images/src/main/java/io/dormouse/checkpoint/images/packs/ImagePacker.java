package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Packs the files of one image: pages that the domain has are referred to, the others go to packs
 * of their own. A full pack is committed beside the work on the next. Not thread-safe.
 */
final class ImagePacker implements AutoCloseable {
  /** Where new packs go. */
  interface Destination {
    /** Begins a pack; committed when it is complete, else only closed. */
    Upload create(UUID pack) throws IOException;

    /** Opens a pack that was there before. */
    ReadableBlob open(UUID pack) throws IOException;

    /**
     * Reads a pack back that was committed; by another thread than the packer's.
     *
     * @throws CorruptPackException when it is not as it was written
     */
    void readBack(UUID pack) throws IOException, CorruptPackException;
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

  private static final int LIVE_MODE = 0600;

  private final PackWorkers workers;
  private final Destination destination;
  private final ChunkIndex index;
  private final List<Known> known;
  private final List<UUID> packs;
  private final List<BitSet> used;
  private final List<PackedFile> files = new ArrayList<>();
  private final Map<Path, Begun> begun = new HashMap<>();
  private final PackFinisher finisher;
  private @Nullable OpenPack open;

  private final HolePuncher holes;

  /** A file of which some may be packed already. */
  private static final class Begun {
    final Path path;
    final SegmentReader reader;
    final PageRuns runs = new PageRuns();
    boolean grows;
    long holesEnd;

    Begun(Path path, SegmentReader reader) {
      this.path = path;
      this.reader = reader;
    }
  }

  /**
   * Begins an image.
   *
   * @param known packs whose chunks {@code index} knows, in its order
   */
  ImagePacker(PackWorkers workers, Destination destination, ChunkIndex index, List<Known> known) {
    this(workers, destination, index, known, new HolePuncher(HolePuncher::isScarce));
  }

  ImagePacker(
      PackWorkers workers,
      Destination destination,
      ChunkIndex index,
      List<Known> known,
      HolePuncher holes) {
    this.holes = holes;
    this.workers = workers;
    this.destination = destination;
    this.index = index;
    this.known = List.copyOf(known);
    this.packs = new ArrayList<>(known.stream().map(Known::pack).toList());
    this.used = known.stream().map(pack -> new BitSet(pack.chunks())).toList();
    this.finisher = new PackFinisher(destination);
  }

  /**
   * Packs some of what there is by now of a file that is written from begin to end; {@link #add} it
   * when it is complete.
   *
   * @return whether there was any
   */
  boolean addGrown(Path file) throws IOException, CorruptPackException {
    Begun now = begin(file);
    now.grows = true;
    begun.put(file, now);
    return packNext(now, false);
  }

  /** Packs one more file, or the rest of it. */
  void add(Path directory, Path file) throws IOException, CorruptPackException {
    Begun now = begin(file);
    begun.remove(file);
    int mode = (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    add(now, directory.relativize(file).toString(), mode);
  }

  /** Packs a file that is only to be read, of an image's usual mode; closes it. */
  void add(String path, PageSource pages) throws IOException, CorruptPackException {
    add(new Begun(Path.of(path), new SegmentReader(pages, workers)), path, LIVE_MODE);
  }

  private void add(Begun now, String path, int mode) throws IOException, CorruptPackException {
    try (SegmentReader reader = now.reader) {
      boolean more = true;
      while (more) {
        more = packNext(now, true);
      }
      files.add(new PackedFile(path, mode, reader.bytesTaken(), now.runs));
    }
  }

  private Begun begin(Path file) throws IOException {
    Begun known = begun.get(file);
    return known == null
        ? new Begun(file, new SegmentReader(PageSource.ofFile(file), workers))
        : known;
  }

  private boolean packNext(Begun file, boolean complete) throws IOException, CorruptPackException {
    Segment next = file.reader.next(complete);
    if (next == null) {
      return false;
    }
    for (int i = 0; i < next.chunks(); i++) {
      addPage(next, i, file.runs);
    }
    file.reader.recycle(next);
    if (file.grows) {
      file.holesEnd = holes.punch(file.path, file.holesEnd, file.reader.bytesTaken());
    }
    return true;
  }

  private void addPage(Segment segment, int chunk, PageRuns runs)
      throws IOException, CorruptPackException {
    if (segment.isZero(chunk)) {
      runs.add(PageRuns.ZEROS, 0);
      return;
    }
    long high = segment.idHigh(chunk);
    long low = segment.idLow(chunk);
    long place = index.find(high, low);
    if (place == ChunkIndex.NONE) {
      place = addNew(segment.bytes, Segment.offset(chunk), high, low);
      index.add(high, low, place);
    }
    int pack = ChunkIndex.packOf(place);
    if (pack < used.size()) {
      used.get(pack).set(ChunkIndex.ordinalOf(place));
    }
    runs.add(pack, ChunkIndex.ordinalOf(place));
  }

  private long addNew(byte[] bytes, int offset, long idHigh, long idLow)
      throws IOException, CorruptPackException {
    int ordinal = writer().add(bytes, offset, idHigh, idLow);
    return ChunkIndex.place(packs.size() - 1, ordinal);
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
    }
    return current.writer();
  }

  /**
   * Completes files by pages of the base, whose packs must be among the known. All was added.
   *
   * @throws CorruptPackException when they don't fit together
   */
  void inherit(PageTable base, InheritedPages inherited) throws CorruptPackException {
    PageMerger merger = new PageMerger(base, packs);
    for (int i = 0; i < files.size(); i++) {
      InheritedPages.Merge merge = inherited.files().get(files.get(i).path());
      if (merge != null) {
        PackedFile merged = merger.merge(files.get(i), merge);
        files.set(i, merged);
        use(merged.runs());
      }
    }
  }

  private void use(PageRuns runs) {
    for (int i = 0; i < runs.size(); i++) {
      if (runs.pack(i) != PageRuns.ZEROS && runs.pack(i) < used.size()) {
        used.get(runs.pack(i)).set(runs.first(i), runs.first(i) + runs.count(i));
      }
    }
  }

  /** Completes the last pack; names only the packs that the image uses. */
  Packed finish() throws IOException, CorruptPackException {
    leaveSparsePacks();
    OpenPack last = open;
    if (last != null) {
      open = null;
      finisher.finish(last);
    }
    long newBytes = finisher.await();
    List<UUID> made = List.copyOf(packs.subList(known.size(), packs.size()));
    return new Packed(new PageTable(packs, files).compact(), made, newBytes, sharedBytes());
  }

  private void leaveSparsePacks() throws IOException, CorruptPackException {
    try (SparsePacks sparse = SparsePacks.among(known, used, this::openKnown, this::addNew)) {
      for (int i = 0; i < files.size(); i++) {
        files.set(i, files.get(i).withRuns(sparse.without(files.get(i).runs())));
      }
    }
  }

  private PackReader openKnown(Known pack) throws IOException, CorruptPackException {
    return PackReader.open(
        pack.pack(), workers.keys().packKey(pack.pack()), destination.open(pack.pack()));
  }

  /** By the pages' share of each pack, as blocks hold pages of several images. */
  private long sharedBytes() {
    long bytes = 0;
    for (int i = 0; i < known.size(); i++) {
      Known pack = known.get(i);
      bytes += pack.chunks() == 0 ? 0 : pack.bytes() * used.get(i).cardinality() / pack.chunks();
    }
    return bytes;
  }

  /** What was not finished is void. */
  @Override
  public void close() throws IOException {
    for (Begun file : begun.values()) {
      file.reader.close();
    }
    begun.clear();
    finisher.close();
    OpenPack unfinished = open;
    open = null;
    if (unfinished != null) {
      unfinished.close();
    }
  }
}
