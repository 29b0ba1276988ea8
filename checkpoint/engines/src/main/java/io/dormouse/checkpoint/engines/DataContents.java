package io.dormouse.checkpoint.engines;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;

/** Brings contents of files to a snapshot, and back into the very same files. */
final class DataContents {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int PAGE_BYTES = 4096;

  private DataContents() {}

  /** Where the content of the n-th file lies in a snapshot. */
  static Path copy(Path image, int n) {
    return image.resolve("data").resolve(Integer.toString(n));
  }

  /**
   * Copies a file.
   *
   * @return when the file was changed last, by name, owner, mode or content
   * @throws HeldData.ChangedException if it changed meanwhile
   */
  static Instant save(HeldData.Held file, Path copy) throws IOException {
    Instant before = file.changed();
    try (FileChannel out =
        FileChannel.open(
            copy, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Private.FILE)) {
      long position = 0;
      while (position < file.file().bytes()) {
        long moved = file.channel().transferTo(position, file.file().bytes() - position, out);
        if (moved <= 0) {
          throw new EOFException(file.file().path() + " is shorter than it was");
        }
        position += moved;
      }
    }
    if (!file.changed().equals(before)) {
      throw new HeldData.ChangedException(file.file(), "changed while it was copied");
    }
    return before;
  }

  /**
   * Writes a file's content where it was, but where that is zero: there it has holes, or always had
   * zeros. Done again, it does the same.
   *
   * @return how many bytes were written
   */
  static long refill(HeldData.Held file, Path copy) throws IOException {
    if (Files.size(copy) != file.file().bytes()) {
      throw new IOException(copy + " is not as long as the file it is of");
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    long written = 0;
    try (FileChannel in = FileChannel.open(copy, StandardOpenOption.READ)) {
      for (long position = 0; position < file.file().bytes(); position += buffer.limit()) {
        fill(in, buffer.clear(), position);
        written += writePages(file.channel(), buffer.flip(), position);
      }
    }
    file.channel().force(false);
    return written;
  }

  private static void fill(FileChannel in, ByteBuffer buffer, long position) throws IOException {
    int read = 0;
    while (buffer.hasRemaining() && read >= 0) {
      read = in.read(buffer, position + buffer.position());
    }
  }

  /** Writes runs of pages that are not all zeros. The buffer's limit stays. */
  private static long writePages(FileChannel out, ByteBuffer buffer, long position)
      throws IOException {
    int end = buffer.limit();
    long written = 0;
    int start = 0;
    while (start < end) {
      int page = start;
      while (page < end && !isZero(buffer, page, Math.min(end, page + PAGE_BYTES))) {
        page = Math.min(end, page + PAGE_BYTES);
      }
      ByteBuffer run = buffer.duplicate().position(start).limit(page);
      while (run.hasRemaining()) {
        written += out.write(run, position + run.position());
      }
      start = page == end ? end : Math.min(end, page + PAGE_BYTES);
    }
    return written;
  }

  private static boolean isZero(ByteBuffer buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      if (buffer.get(i) != 0) {
        return false;
      }
    }
    return true;
  }
}
