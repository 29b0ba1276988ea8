package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A page of a process that counts as changed since its memory is tracked, though it never changes.
 * The kernel keeps one mark a page, and whoever else clears the marks clears this one too: that is
 * how they show. It lies in a mapping that the program can't write, as high as there is one, since
 * CRIU looks at pages by rising address.
 *
 * @param pid on this host
 * @param startTicks of the process, in clock ticks since boot
 * @param innerPid in the innermost namespace, which CRIU's files are named by
 * @param address of the page
 */
record Canary(long pid, long startTicks, long innerPid, long address) {
  private static final long SOFT_DIRTY = 1L << 55;

  /**
   * Marks a page of a process that stands still.
   *
   * @throws IOException when there is no such page, or this kernel does not mark it
   */
  static Canary put(long pid) throws IOException {
    long startTicks =
        ProcFs.stat(pid)
            .orElseThrow(() -> new IOException("pid %d is gone".formatted(pid)))
            .startTicks();
    long address =
        Presence.read(proc(pid, "maps"))
            .orElse("")
            .lines()
            .map(line -> line.split("\\s+", 6))
            .filter(Canary::isForReadersOnly)
            .mapToLong(fields -> Long.parseUnsignedLong(fields[0].split("-", 2)[0], 16))
            .max()
            .orElseThrow(() -> new IOException("pid %d maps no file to read".formatted(pid)));
    Canary canary = new Canary(pid, startTicks, ProcFs.innerPid(pid), address);
    canary.mark();
    if (!canary.isMarked()) {
      throw new IOException("the kernel did not note that a page of pid %d changed".formatted(pid));
    }
    return canary;
  }

  // A page of a file that is its own, once written: what the file holds, nobody else sees.
  private static boolean isForReadersOnly(String[] fields) {
    return fields.length == 6 && fields[1].matches("r-[x-]p") && !fields[4].equals("0");
  }

  private void mark() throws IOException {
    try (RandomAccessFile memory = new RandomAccessFile(proc(pid, "mem").toFile(), "rw")) {
      memory.seek(address);
      int same = memory.read();
      memory.seek(address);
      memory.write(same);
    }
  }

  private boolean isMarked() throws IOException {
    try (RandomAccessFile pages = new RandomAccessFile(proc(pid, "pagemap").toFile(), "r")) {
      byte[] entry = new byte[Long.BYTES];
      pages.seek(address / CriuPagemap.PAGE_BYTES * Long.BYTES);
      pages.readFully(entry);
      long bits = ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN).getLong();
      return (bits & SOFT_DIRTY) != 0;
    }
  }

  /** Whether its process lives. */
  boolean lives() {
    return ProcFs.stat(pid).filter(stat -> stat.startTicks() == startTicks).isPresent();
  }

  /** Whether nobody else has cleared the marks of its process, or that has ended. */
  boolean isIntact() {
    try {
      return !lives() || isMarked();
    } catch (IOException e) {
      return false;
    }
  }

  String line() {
    return "%d %d %d %d".formatted(pid, startTicks, innerPid, address);
  }

  static Canary of(String line) throws IOException {
    try {
      long[] numbers = Arrays.stream(line.split(" ", -1)).mapToLong(Long::parseLong).toArray();
      return new Canary(numbers[0], numbers[1], numbers[2], numbers[3]);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new IOException("not a marked page: " + line, e);
    }
  }

  private static Path proc(long pid, String file) {
    return Path.of("/proc", Long.toString(pid), file);
  }
}
