package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.images.packs.PageSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What CRIU's file of pages would hold, read from the memory itself: pages in the order of CRIU's
 * list of them.
 *
 * @param memory which gives a page at its address; of shared memory, at its offset
 */
record MemoryPages(Path memory, CriuPagemap pagemap) {
  /** The memory of a process. */
  static Path of(long pid) {
    return Path.of("/proc", Long.toString(pid), "mem");
  }

  PageSource open() throws IOException {
    if (!pagemap.isWhole()) {
      throw new IOException("the list of the pages of %s names those of others".formatted(memory));
    }
    return new Reader(memory, FileChannel.open(memory), pagemap.entries());
  }

  /**
   * Looks whether the kernel lets others read what a process itself can't, if it has such.
   *
   * @throws IOException when it does not
   */
  void requireReadable() throws IOException {
    String maps = Presence.read(memory.resolveSibling("maps")).orElse("");
    try (FileChannel bytes = FileChannel.open(memory)) {
      for (String line : maps.lines().toList()) {
        String[] fields = line.split("\\s+", 3);
        if (fields[1].charAt(0) != 'r') {
          String[] range = fields[0].split("-", 2);
          requireReadable(
              bytes, Long.parseUnsignedLong(range[0], 16), Long.parseUnsignedLong(range[1], 16));
        }
      }
    }
  }

  private void requireReadable(FileChannel bytes, long start, long end) throws IOException {
    for (CriuPagemap.Entry entry : pagemap.entries()) {
      boolean inside = entry.address() < end && start < entry.end();
      if (inside && bytes.read(ByteBuffer.allocate(1), Math.max(start, entry.address())) < 1) {
        throw new EOFException("%s ends at %x".formatted(memory, entry.address()));
      }
    }
  }

  private static final class Reader implements PageSource {
    private final Path name;
    private final FileChannel memory;
    private final List<CriuPagemap.Entry> entries;

    /** Where each entry ends in the file of pages, in bytes. */
    private final long[] ends;

    Reader(Path name, FileChannel memory, List<CriuPagemap.Entry> entries) {
      this.name = name;
      this.memory = memory;
      this.entries = entries;
      this.ends = new long[entries.size()];
      long end = 0;
      for (int i = 0; i < ends.length; i++) {
        end += entries.get(i).pages() * CriuPagemap.PAGE_BYTES;
        ends[i] = end;
      }
    }

    @Override
    public long bytes() {
      return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    @Override
    public void read(ByteBuffer into, long position) throws IOException {
      int limit = into.limit();
      long next = position;
      for (int i = entryAt(position); into.position() < limit; i++) {
        if (i == ends.length) {
          throw new EOFException("%s has no more pages".formatted(name));
        }
        int bytes = (int) Math.min(limit - into.position(), ends[i] - next);
        into.limit(into.position() + bytes);
        readMemory(into, entries.get(i).end() - (ends[i] - next));
        next += bytes;
      }
    }

    private int entryAt(long position) {
      int found = Arrays.binarySearch(ends, position);
      return found < 0 ? -found - 1 : found + 1;
    }

    private void readMemory(ByteBuffer into, long address) throws IOException {
      long offset = address - into.position();
      while (into.hasRemaining()) {
        if (memory.read(into, offset + into.position()) < 0) {
          fillPage(into, offset + into.position());
        }
      }
    }

    // A file may end within a page, the rest of which is zeros in memory.
    private void fillPage(ByteBuffer into, long end) throws EOFException {
      long over = end % CriuPagemap.PAGE_BYTES;
      if (over == 0) {
        throw new EOFException("%s ended while its pages were read".formatted(name));
      }
      into.put(new byte[(int) Math.min(into.remaining(), CriuPagemap.PAGE_BYTES - over)]);
    }

    @Override
    public void close() throws IOException {
      memory.close();
    }
  }
}
