package io.dormouse.checkpoint.images.packs;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Completes files of an image by references to pages of its base; no page is read for it. */
final class PageMerger {
  private final Map<String, PackedFile> baseFiles = new HashMap<>();
  private final int[] numbers;

  /**
   * For one base.
   *
   * @param packs which pages of the new image count into
   * @throws CorruptPackException when one of the base's packs is not among them
   */
  PageMerger(PageTable base, List<UUID> packs) throws CorruptPackException {
    base.files().forEach(file -> baseFiles.put(file.path(), file));
    this.numbers = new int[base.packs().size()];
    Map<UUID, Integer> places = new HashMap<>();
    for (int i = 0; i < packs.size(); i++) {
      places.putIfAbsent(packs.get(i), i);
    }
    for (int i = 0; i < numbers.length; i++) {
      Integer place = places.get(base.packs().get(i));
      if (place == null) {
        throw new CorruptPackException("a pack of the base is gone: " + base.packs().get(i));
      }
      numbers[i] = place;
    }
  }

  /** The file as it would be had all of it been written. */
  PackedFile merge(PackedFile written, InheritedPages.Merge merge) throws CorruptPackException {
    PackedFile inherited = baseFiles.get(merge.baseFile());
    if (inherited == null) {
      throw new CorruptPackException("the base has no file " + merge.baseFile());
    }
    Slices own = new Slices(written.runs());
    Slices others = new Slices(inherited.runs().renumbered(numbers));
    PageRuns runs = new PageRuns();
    long ownPages = 0;
    for (InheritedPages.Piece piece : merge.pieces()) {
      if (!piece.inherited() && piece.first() != ownPages) {
        throw new CorruptPackException("what was written of %s has gaps".formatted(written.path()));
      }
      ownPages += piece.inherited() ? 0 : piece.pages();
      (piece.inherited() ? others : own).copy(piece.first(), piece.pages(), runs);
    }
    if (ownPages != own.pages() || written.sizeBytes() != ownPages * PackFormat.CHUNK_BYTES) {
      throw new CorruptPackException(
          "%s holds other pages than it should".formatted(written.path()));
    }
    return new PackedFile(
        written.path(), written.mode(), runs.pages() * PackFormat.CHUNK_BYTES, runs);
  }

  /** Finds pages of a file by their number. */
  private static final class Slices {
    private final PageRuns runs;
    private final long[] ends;

    Slices(PageRuns runs) {
      this.runs = runs;
      this.ends = new long[runs.size()];
      long end = 0;
      for (int i = 0; i < ends.length; i++) {
        end += runs.count(i);
        ends[i] = end;
      }
    }

    long pages() {
      return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    void copy(long first, long pages, PageRuns to) throws CorruptPackException {
      if (first < 0 || pages < 1 || first > pages() - pages) {
        throw new CorruptPackException("a file has fewer pages than it should");
      }
      int found = Arrays.binarySearch(ends, first);
      int run = found < 0 ? -found - 1 : found + 1;
      long at = first;
      while (at < first + pages) {
        int skipped = (int) (at - (ends[run] - runs.count(run)));
        int count = (int) Math.min(runs.count(run) - skipped, first + pages - at);
        to.append(runs.pack(run), runs.first(run) + skipped, count);
        at += count;
        run++;
      }
    }
  }
}
