package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Brings the pages of an image over from another store whose keys are the same. A pack of which
 * this store has little comes as it is; of one that it has most chunks of, only the blocks come
 * that hold the others, which go to packs of the image's own. Not thread-safe.
 */
final class PackImporter {
  /** What this store has of the packs themselves. */
  interface Here {
    /** Whether a pack is here, whole, and may be referred to. */
    boolean has(UUID pack) throws IOException;

    /** Whether a pack is here, but nothing new may refer to it. */
    boolean isCondemned(UUID pack);
  }

  private final PackWorkers workers;
  private final NewPacks made;
  private final PackSource source;
  private final KnownChunks known;
  private long wholeBytes;
  private long sharedBytes;

  /** {@code known} chunks of this store. */
  PackImporter(PackWorkers workers, NewPacks made, PackSource source, KnownChunks known) {
    this.workers = workers;
    this.made = made;
    this.source = source;
    this.known = known;
  }

  /**
   * Brings over what is missing.
   *
   * @return the same image in packs of this store
   * @throws CorruptPackException when what comes is not what the table's domain sealed
   */
  ImagePacker.Packed take(PageTable table, Here here) throws IOException, CorruptPackException {
    BitSet[] used = used(table);
    Map<Integer, PartialPack> places = new TreeMap<>();
    for (int i = 0; i < used.length; i++) {
      UUID pack = table.packs().get(i);
      try {
        if (here.has(pack)) {
          share(pack, used[i]);
        } else {
          int number = i;
          bring(pack, used[i], here.isCondemned(pack)).ifPresent(part -> places.put(number, part));
        }
      } catch (CorruptPackException e) {
        throw new CorruptPackException("pack %s: %s".formatted(pack, e.getMessage()), e);
      }
    }
    return places.isEmpty()
        ? new ImagePacker.Packed(table, List.of(), wholeBytes, sharedBytes)
        : repack(table, places);
  }

  private static BitSet[] used(PageTable table) {
    BitSet[] used =
        IntStream.range(0, table.packs().size()).mapToObj(i -> new BitSet()).toArray(BitSet[]::new);
    for (PackedFile file : table.files()) {
      PageRuns runs = file.runs();
      for (int i = 0; i < runs.size(); i++) {
        if (runs.pack(i) != PageRuns.ZEROS) {
          used[runs.pack(i)].set(runs.first(i), runs.first(i) + runs.count(i));
        }
      }
    }
    return used;
  }

  private void share(UUID pack, BitSet used) throws IOException, CorruptPackException {
    try (PackReader reader = PackReader.open(pack, workers.keys().packKey(pack), made.open(pack))) {
      sharedBytes += share(reader.footer(), used, reader.length());
    }
  }

  private static long share(PackFooter footer, BitSet used, long bytes)
      throws CorruptPackException {
    if (used.length() > footer.chunks()) {
      throw new CorruptPackException("the page table points beyond a pack");
    }
    return footer.chunks() == 0 ? 0 : bytes * used.cardinality() / footer.chunks();
  }

  /** Brings a pack as it is, unless little of it is missing or it may not be. */
  private Optional<PartialPack> bring(UUID pack, BitSet used, boolean inPartsOnly)
      throws IOException, CorruptPackException {
    PackFrame frame = PackFrame.read(source, pack);
    try (PackReader reader = frame.open(pack, workers.keys().packKey(pack))) {
      long share = share(reader.footer(), used, frame.length());
      PartialPack part = new PartialPack(pack, reader.footer(), used);
      if (inPartsOnly || part.isWorthIt(known)) {
        return Optional.of(part);
      }
      if (receive(pack, frame, reader)) {
        wholeBytes += frame.length();
      } else {
        sharedBytes += share;
      }
      return Optional.empty();
    }
  }

  /** Whether it was not there yet: another import may have brought it meanwhile. */
  private boolean receive(UUID pack, PackFrame frame, PackReader reader)
      throws IOException, CorruptPackException {
    boolean brought = bringWhole(pack, frame, reader);
    try {
      // Another's too: he may not have read it back yet.
      made.readBack(pack);
      return brought;
    } catch (IOException | CorruptPackException | RuntimeException e) {
      if (brought) {
        made.remove(pack);
      }
      throw e;
    }
  }

  private boolean bringWhole(UUID pack, PackFrame frame, PackReader reader)
      throws IOException, CorruptPackException {
    try (Upload upload = made.receive(pack);
        BlockReceiver blocks =
            new BlockReceiver(
                reader,
                workers,
                IntStream.range(0, reader.footer().blocks()).iterator(),
                (number, block) -> {})) {
      upload.write(frame.header());
      long begin = frame.header().length;
      source.read(
          pack,
          List.of(new PackSource.Range(begin, frame.blocksEnd() - begin)),
          (bytes, offset, length) -> {
            blocks.take(bytes, offset, length);
            upload.write(bytes, offset, length);
          });
      blocks.finish();
      upload.write(frame.tail());
      upload.commit();
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private ImagePacker.Packed repack(PageTable table, Map<Integer, PartialPack> places)
      throws IOException, CorruptPackException {
    List<UUID> packs = new ArrayList<>(known.packs());
    try (NewChunks chunks = new NewChunks(workers, made, packs, known.chunksMax())) {
      BitSet[] uses = known.uses(places.values());
      for (PartialPack part : places.values()) {
        part.bring(source, workers, known, chunks);
      }
      long newBytes = wholeBytes + chunks.finish();
      int first = packs.size();
      packs.addAll(table.packs());
      PageTable other = rewritten(table, places, packs, first);
      return new ImagePacker.Packed(
          other, chunks.made(), newBytes, sharedBytes + known.sharedBytes(uses));
    }
  }

  private static PageTable rewritten(
      PageTable table, Map<Integer, PartialPack> places, List<UUID> packs, int first) {
    List<PackedFile> files = new ArrayList<>();
    for (PackedFile file : table.files()) {
      PageRuns runs = new PageRuns();
      for (int i = 0; i < file.runs().size(); i++) {
        add(file.runs(), i, runs, places, first);
      }
      files.add(file.withRuns(runs));
    }
    return new PageTable(packs, files).compact();
  }

  private static void add(
      PageRuns from, int run, PageRuns to, Map<Integer, PartialPack> places, int first) {
    int pack = from.pack(run);
    PartialPack moved = places.get(pack);
    if (moved == null) {
      to.addRun(pack == PageRuns.ZEROS ? pack : first + pack, from.first(run), from.count(run));
      return;
    }
    for (int chunk = from.first(run); chunk < from.first(run) + from.count(run); chunk++) {
      long place = moved.place(chunk);
      to.add(ChunkIndex.packOf(place), ChunkIndex.ordinalOf(place));
    }
  }
}
