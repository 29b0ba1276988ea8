package io.dormouse.checkpoint.images.packs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import javax.crypto.SecretKey;

/**
 * Writes one pack. Blocks are compressed and sealed by workers, a bounded number at a time, and
 * written in their order, so that the same chunks give the same layout. Not thread-safe.
 */
final class PackWriter implements AutoCloseable {
  private static final int BATCH_BYTES = PackFormat.BATCH_BLOCKS * PackFormat.BLOCK_BYTES;

  private final SecretKey key;
  private final OutputStream out;
  private final PackWorkers workers;
  private final byte[] header;
  private final PackFooter.Builder footer = new PackFooter.Builder();
  private final Queue<Future<List<BlockCodec.Sealed>>> inFlight = new ArrayDeque<>();
  private final Queue<BlockCodec> codecs = new ConcurrentLinkedQueue<>();
  private byte[] batch = new byte[BATCH_BYTES];
  private int batchBytes;
  private int blocks;
  private long written;

  /**
   * Writes the header.
   *
   * @param key of this pack, and of none before
   * @param out takes the pack; closed by its owner
   */
  PackWriter(UUID pack, SecretKey key, OutputStream out, PackWorkers workers) throws IOException {
    this.key = key;
    this.out = out;
    this.workers = workers;
    this.header = header(pack);
    write(header);
  }

  static byte[] header(UUID pack) {
    return ByteBuffer.allocate(PackFormat.HEADER_BYTES)
        .putLong(PackFormat.MAGIC)
        .putInt(PackFormat.VERSION)
        .putLong(pack.getMostSignificantBits())
        .putLong(pack.getLeastSignificantBits())
        .array();
  }

  /** Whether it holds as many chunks as a pack may. */
  boolean isFull() {
    return footer.chunks() >= PackFormat.CHUNKS_WRITTEN_MAX;
  }

  /**
   * Adds a chunk.
   *
   * @param bytes holds a whole chunk from {@code offset} on; copied
   * @return its ordinal in the pack
   */
  int add(byte[] bytes, int offset, long idHigh, long idLow) throws IOException {
    if (isFull()) {
      throw new IllegalStateException(
          "A pack must have at most %d chunks.".formatted(footer.chunks()));
    }
    System.arraycopy(bytes, offset, batch, batchBytes, PackFormat.CHUNK_BYTES);
    batchBytes += PackFormat.CHUNK_BYTES;
    int ordinal = footer.chunk(idHigh, idLow);
    if (batchBytes == BATCH_BYTES) {
      seal();
    }
    return ordinal;
  }

  /** Writes what is left and the footer; the pack's length in bytes. */
  long finish() throws IOException {
    if (batchBytes > 0) {
      seal();
    }
    while (!inFlight.isEmpty()) {
      writeOldest();
    }
    byte[] encoded = footer.encode();
    try (BlockCodec codec = new BlockCodec(key)) {
      byte[] sealed = codec.sealRaw(PackFormat.FOOTER_BLOCK, encoded, header);
      write(sealed);
      write(
          ByteBuffer.allocate(PackFormat.TRAILER_BYTES)
              .putInt(sealed.length)
              .putInt(encoded.length)
              .putLong(PackFormat.MAGIC)
              .array());
    }
    return written;
  }

  private void seal() throws IOException {
    if (inFlight.size() == workers.tasksInFlightMax()) {
      writeOldest();
    }
    byte[] raw = batch;
    int length = batchBytes;
    int first = blocks;
    inFlight.add(workers.submit(() -> seal(first, raw, length)));
    blocks += (length + PackFormat.BLOCK_BYTES - 1) / PackFormat.BLOCK_BYTES;
    batch = new byte[BATCH_BYTES];
    batchBytes = 0;
  }

  private List<BlockCodec.Sealed> seal(int first, byte[] batch, int batchBytes) {
    BlockCodec pooled = codecs.poll();
    BlockCodec codec = pooled == null ? new BlockCodec(key) : pooled;
    try {
      List<BlockCodec.Sealed> sealed = new ArrayList<>();
      for (int from = 0; from < batchBytes; from += PackFormat.BLOCK_BYTES) {
        int number = first + sealed.size();
        int length = Math.min(PackFormat.BLOCK_BYTES, batchBytes - from);
        sealed.add(codec.seal(number, batch, from, length, header));
      }
      return sealed;
    } finally {
      codecs.add(codec);
    }
  }

  private void writeOldest() throws IOException {
    try {
      for (BlockCodec.Sealed sealed : inFlight.remove().get()) {
        footer.block(sealed.bytes.length, sealed.compressed);
        write(sealed.bytes);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Sealing a block must not fail.", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted while packing").initCause(e);
    }
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    written += bytes.length;
  }

  /** Waits for its workers and frees what they used. */
  @Override
  public void close() {
    for (Future<List<BlockCodec.Sealed>> task : inFlight) {
      PackWorkers.awaitEnd(task);
    }
    inFlight.clear();
    codecs.forEach(BlockCodec::close);
  }
}
