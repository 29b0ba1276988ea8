package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.SecretKey;

/** Reads one pack. Thread-safe. */
final class PackReader implements Closeable {
  private final SecretKey key;
  private final ReadableBlob blob;
  private final byte[] header;
  private final PackFooter footer;
  private final Queue<BlockCodec> codecs = new ConcurrentLinkedQueue<>();

  private PackReader(SecretKey key, ReadableBlob blob, byte[] header, PackFooter footer) {
    this.key = key;
    this.blob = blob;
    this.header = header;
    this.footer = footer;
  }

  /**
   * Opens a pack, which owns the blob from then on.
   *
   * @throws CorruptPackException when it is not that pack as it was written
   */
  static PackReader open(UUID pack, SecretKey key, ReadableBlob blob)
      throws IOException, CorruptPackException {
    byte[] header = PackWriter.header(pack);
    long length = blob.length();
    if (length < PackFormat.HEADER_BYTES + PackFormat.TRAILER_BYTES) {
      throw new CorruptPackException("it is cut short");
    }
    if (!Arrays.equals(blob.read(0, PackFormat.HEADER_BYTES), header)) {
      throw new CorruptPackException(
          "it is no pack of version " + PackFormat.VERSION + ", or another one");
    }
    long trailerAt = length - PackFormat.TRAILER_BYTES;
    ByteBuffer trailer = ByteBuffer.wrap(blob.read(trailerAt, PackFormat.TRAILER_BYTES));
    int stored = trailer.getInt();
    int raw = trailer.getInt();
    long footerAt = trailerAt - stored;
    if (trailer.getLong() != PackFormat.MAGIC
        || stored < 0
        || footerAt < PackFormat.HEADER_BYTES
        || raw < Integer.BYTES
        || raw > PackFooter.encodedBytesMax()) {
      throw new CorruptPackException("its trailer is malformed; it may be cut short");
    }
    byte[] sealed = blob.read(footerAt, stored);
    try (BlockCodec codec = new BlockCodec(key)) {
      byte[] encoded = codec.open(PackFormat.FOOTER_BLOCK, sealed, false, raw, header);
      return new PackReader(key, blob, header, PackFooter.decode(encoded, footerAt));
    }
  }

  /** The pack's length in bytes. */
  long length() throws IOException {
    return blob.length();
  }

  PackFooter footer() {
    return footer;
  }

  /**
   * Reads and opens a block.
   *
   * @throws CorruptPackException when it is not as it was written
   */
  byte[] block(int number) throws IOException, CorruptPackException {
    return open(number, read(number));
  }

  /**
   * Reads a block, and makes sure that it is what was sealed.
   *
   * @throws CorruptPackException when it is not
   */
  void unseal(int number) throws IOException, CorruptPackException {
    byte[] stored = read(number);
    var unused =
        with(
            codec ->
                codec.unseal(
                    number, stored, footer.isCompressed(number), footer.rawBytes(number), header));
  }

  private byte[] read(int number) throws IOException {
    return blob.read(footer.position(number), footer.storedBytes(number));
  }

  /**
   * Opens a block.
   *
   * @param stored as it lies in the pack
   * @throws CorruptPackException when it is not as it was written
   */
  byte[] open(int number, byte[] stored) throws CorruptPackException {
    return with(
        codec ->
            codec.open(
                number, stored, footer.isCompressed(number), footer.rawBytes(number), header));
  }

  private interface Use {
    byte[] of(BlockCodec codec) throws CorruptPackException;
  }

  private byte[] with(Use use) throws CorruptPackException {
    BlockCodec pooled = codecs.poll();
    BlockCodec codec = pooled == null ? new BlockCodec(key) : pooled;
    try {
      return use.of(codec);
    } finally {
      codecs.add(codec);
    }
  }

  @Override
  public void close() throws IOException {
    codecs.forEach(BlockCodec::close);
    blob.close();
  }
}
