package io.dormouse.checkpoint.images.blobs;

import java.io.Closeable;
import java.io.IOException;

/** The bytes of one published file of a store. Thread-safe. */
public interface ReadableBlob extends Closeable {
  /** Its length in bytes. */
  long length() throws IOException;

  /**
   * Reads exactly {@code length} bytes from {@code position} on.
   *
   * @throws IOException when it has fewer, or can't be read
   */
  byte[] read(long position, int length) throws IOException;
}
