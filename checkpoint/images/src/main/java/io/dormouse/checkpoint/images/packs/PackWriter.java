package io.dormouse.checkpoint.images.packs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import javax.crypto.SecretKey;

/**
 * Writes one pack. Blocks are compressed and sealed by workers, a bounded number at a time, and
 * written in their order, so that the same chunks give the same layout. Not thread-safe.
 */
final class PackWriter implements AutoCloseable {
  private final SecretKey key;
  private final OutputStream out;
  private final ExecutorService workers;
  private final int blocksInFlightMax;
  private final byte[] header;
  private final PackFooter.Builder footer = new PackFooter.Builder();
  private final Queue<Future<BlockCodec.Sealed>> inFlight = new ArrayDeque<>();
  private final Queue<BlockCodec> codecs = new ConcurrentLinkedQueue<>();
  private byte[] block = new byte[PackFormat.BLOCK_BYTES];
  private int blockBytes;
  private int blocks;
  private long written;

  /**
   * Writes the header.
   *
   * @param key of this pack, and of none before
   * @param out takes the pack; closed by its owner
   */
  PackWriter(
      UUID pack, SecretKey key, OutputStream out, ExecutorService workers, int blocksInFlightMax)
      throws IOException {
    this.key = key;
    this.out = out;
    this.workers = workers;
    this.blocksInFlightMax = blocksInFlightMax;
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
    System.arraycopy(bytes, offset, block, blockBytes, PackFormat.CHUNK_BYTES);
    blockBytes += PackFormat.CHUNK_BYTES;
    int ordinal = footer.chunk(idHigh, idLow);
    if (blockBytes == PackFormat.BLOCK_BYTES) {
      seal();
    }
    return ordinal;
  }

  /** Writes what is left and the footer; the pack's length in bytes. */
  long finish() throws IOException {
    if (blockBytes > 0) {
      seal();
    }
    while (!inFlight.isEmpty()) {
      writeOldest();
    }
    byte[] encoded = footer.encode();
    try (BlockCodec codec = new BlockCodec(key)) {
      byte[] sealed = codec.sealRaw(PackFormat.FOOTER_BLOCK, encoded, encoded.length, header);
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
    if (inFlight.size() == blocksInFlightMax) {
      writeOldest();
    }
    byte[] raw = block;
    int length = blockBytes;
    int number = blocks++;
    inFlight.add(workers.submit(() -> seal(number, raw, length)));
    block = new byte[PackFormat.BLOCK_BYTES];
    blockBytes = 0;
  }

  private BlockCodec.Sealed seal(int number, byte[] raw, int length) {
    BlockCodec pooled = codecs.poll();
    BlockCodec codec = pooled == null ? new BlockCodec(key) : pooled;
    try {
      return codec.seal(number, raw, length, header);
    } finally {
      codecs.add(codec);
    }
  }

  private void writeOldest() throws IOException {
    try {
      BlockCodec.Sealed sealed = inFlight.remove().get();
      footer.block(sealed.bytes.length, sealed.compressed);
      write(sealed.bytes);
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
    for (Future<BlockCodec.Sealed> task : inFlight) {
      PackWorkers.awaitEnd(task);
    }
    inFlight.clear();
    codecs.forEach(BlockCodec::close);
  }
}
