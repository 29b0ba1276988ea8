package io.dormouse.checkpoint.images.packs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The files of an image and the packs that hold their pages. A run costs some four bytes, so a
 * table is small beside what changed.
 *
 * @param packs that {@link PageRuns#pack} counts into
 */
record PageTable(List<UUID> packs, List<PackedFile> files) {
  private static final int PACKS_MAX = 100_000;
  private static final int FILES_MAX = 1_000_000;
  private static final int PATH_BYTES_MAX = 4_096;
  private static final int MODE_MAX = 07777;

  PageTable {
    packs = List.copyOf(packs);
    files = List.copyOf(files);
  }

  /** The same without packs that no file uses. */
  PageTable compact() {
    int[] uses = new int[packs.size()];
    for (PackedFile file : files) {
      for (int i = 0; i < file.runs().size(); i++) {
        if (file.runs().pack(i) != PageRuns.ZEROS) {
          uses[file.runs().pack(i)]++;
        }
      }
    }
    List<UUID> used = new ArrayList<>();
    int[] renumbered = new int[packs.size()];
    for (int i = 0; i < uses.length; i++) {
      renumbered[i] = used.size();
      if (uses[i] > 0) {
        used.add(packs.get(i));
      }
    }
    return new PageTable(
        used,
        files.stream().map(file -> file.withRuns(file.runs().renumbered(renumbered))).toList());
  }

  byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Varints.write(out, packs.size());
    for (UUID pack : packs) {
      out.writeBytes(
          ByteBuffer.allocate(2 * Long.BYTES)
              .putLong(pack.getMostSignificantBits())
              .putLong(pack.getLeastSignificantBits())
              .array());
    }
    Varints.write(out, files.size());
    for (PackedFile file : files) {
      byte[] path = file.path().getBytes(StandardCharsets.UTF_8);
      Varints.write(out, path.length);
      out.writeBytes(path);
      Varints.write(out, file.mode());
      Varints.write(out, file.sizeBytes());
      encode(file.runs(), out);
    }
    return out.toByteArray();
  }

  /** A run begins mostly where an earlier one of its pack ended: the difference is written. */
  private void encode(PageRuns runs, ByteArrayOutputStream out) {
    int[] expected = new int[packs.size()];
    Varints.write(out, runs.size());
    for (int i = 0; i < runs.size(); i++) {
      int pack = runs.pack(i);
      Varints.write(out, pack + 1);
      Varints.write(out, runs.count(i));
      if (pack != PageRuns.ZEROS) {
        Varints.writeSigned(out, (long) runs.first(i) - expected[pack]);
        expected[pack] = runs.first(i) + runs.count(i);
      }
    }
  }

  /**
   * Reads a table.
   *
   * @throws CorruptPackException when it is malformed
   */
  static PageTable decode(byte[] encoded) throws CorruptPackException {
    ByteBuffer in = ByteBuffer.wrap(encoded);
    int packCount = (int) Varints.read(in, Math.min(PACKS_MAX, in.remaining() / (2 * Long.BYTES)));
    List<UUID> packs = new ArrayList<>(packCount);
    for (int i = 0; i < packCount; i++) {
      need(in, 2 * Long.BYTES);
      packs.add(new UUID(in.getLong(), in.getLong()));
    }
    int fileCount = (int) Varints.read(in, Math.min(FILES_MAX, in.remaining()));
    List<PackedFile> files = new ArrayList<>(fileCount);
    for (int i = 0; i < fileCount; i++) {
      files.add(file(in, packCount));
    }
    if (in.hasRemaining()) {
      throw new CorruptPackException("the page table goes on after its end");
    }
    return new PageTable(packs, files);
  }

  private static PackedFile file(ByteBuffer in, int packCount) throws CorruptPackException {
    byte[] path = new byte[(int) Varints.read(in, PATH_BYTES_MAX)];
    need(in, path.length);
    in.get(path);
    int mode = (int) Varints.read(in, MODE_MAX);
    long size = Varints.read(in, Long.MAX_VALUE / 2);
    PageRuns runs = runs(in, packCount);
    try {
      return new PackedFile(new String(path, StandardCharsets.UTF_8), mode, size, runs);
    } catch (IllegalArgumentException e) {
      throw new CorruptPackException("the page table is inconsistent", e);
    }
  }

  private static PageRuns runs(ByteBuffer in, int packCount) throws CorruptPackException {
    PageRuns runs = new PageRuns();
    long[] expected = new long[packCount];
    long count = Varints.read(in, in.remaining());
    for (long i = 0; i < count; i++) {
      int pack = (int) Varints.read(in, packCount) - 1;
      int pages = (int) Varints.read(in, Integer.MAX_VALUE);
      long first = 0;
      if (pack != PageRuns.ZEROS) {
        first = expected[pack] + Varints.readSigned(in);
        expected[pack] = first + pages;
        if (first < 0 || first + pages > PackFormat.CHUNKS_MAX) {
          throw new CorruptPackException("the page table points beyond a pack");
        }
      }
      runs.addRun(pack, (int) first, pages);
    }
    return runs;
  }

  private static void need(ByteBuffer in, int bytes) throws CorruptPackException {
    if (in.remaining() < bytes) {
      throw new CorruptPackException("the page table is cut short");
    }
  }
}
