package io.dormouse.checkpoint.images.packs;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Where the bytes of one of an image's files are read. Safe for use by several threads. */
public interface PageSource extends Closeable {
  /** How many there are; more later, if it grows. */
  long bytes() throws IOException;

  /**
   * Fills a buffer.
   *
   * @param position of the first byte wanted, from 0
   * @throws EOFException when there are fewer than there were
   */
  void read(ByteBuffer into, long position) throws IOException;

  /** The file itself. */
  static PageSource ofFile(Path path) throws IOException {
    FileChannel file =
        FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    return new PageSource() {
      @Override
      public long bytes() throws IOException {
        return file.size();
      }

      @Override
      public void read(ByteBuffer into, long position) throws IOException {
        long offset = position - into.position();
        while (into.hasRemaining()) {
          if (file.read(into, offset + into.position()) < 0) {
            throw new EOFException("a file of the image became shorter while it was packed");
          }
        }
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }
}
