package io.dormouse.checkpoint.images.remote;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.io.Closeable;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

/**
 * Reads ahead. Packs are read block by block, mostly in their order, and a request costs as much as
 * some hundred KiB: whoever asks for a second piece of an extent gets all of it read and kept.
 * Bounded: 32 MiB for all blobs together. Thread-safe.
 */
final class Extents {
  private static final int BYTES = 2 << 20;
  private static final int KEPT_MAX = 16;
  private static final int TOUCHED_MAX = 4_096;

  private final Cache<Key, byte[]> kept = CacheBuilder.newBuilder().maximumSize(KEPT_MAX).build();
  private final Cache<Key, Boolean> touched =
      CacheBuilder.newBuilder().maximumSize(TOUCHED_MAX).build();

  /** The bytes of one blob. Thread-safe. */
  interface Source extends Closeable {
    /** Reads exactly that much; failures are Hadoop's own. */
    void read(long position, byte[] into, int offset, int length) throws IOException;
  }

  private record Key(UUID blob, long number) {}

  /** Reads what is known to be there. */
  void read(UUID blob, long blobBytes, Source source, long position, byte[] into)
      throws IOException {
    int done = 0;
    while (done < into.length) {
      long at = position + done;
      int inExtent = (int) (at % BYTES);
      int length = Math.min(into.length - done, BYTES - inExtent);
      Key key = new Key(blob, at / BYTES);
      byte[] extent = length == BYTES ? null : extent(key, blobBytes, source);
      if (extent == null) {
        source.read(at, into, done, length);
      } else {
        System.arraycopy(extent, inExtent, into, done, length);
      }
      done += length;
    }
  }

  /** Null on the first touch. */
  private byte @org.jspecify.annotations.Nullable [] extent(Key key, long blobBytes, Source source)
      throws IOException {
    byte[] there = kept.getIfPresent(key);
    if (there != null || touched.asMap().putIfAbsent(key, true) == null) {
      return there;
    }
    try {
      return kept.get(key, () -> load(key, blobBytes, source));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    }
  }

  private static byte[] load(Key key, long blobBytes, Source source) throws IOException {
    long start = key.number() * BYTES;
    byte[] extent = new byte[(int) Math.min(BYTES, blobBytes - start)];
    source.read(start, extent, 0, extent.length);
    return extent;
  }
}
