package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import javax.crypto.SecretKey;

/** A pack of another store without its blocks: what must be known before any of them is wanted. */
final class PackFrame implements ReadableBlob {
  private final byte[] header;
  private final byte[] tail;
  private final long length;

  private PackFrame(byte[] header, byte[] tail, long length) {
    this.header = header;
    this.tail = tail;
    this.length = length;
  }

  /**
   * Reads a pack's header and footer.
   *
   * @throws CorruptPackException when they can't be a pack's; whether they are is only known when
   *     it is {@link #open}ed
   */
  static PackFrame read(PackSource source, UUID pack) throws IOException, CorruptPackException {
    long length = source.length(pack);
    if (length < PackFormat.HEADER_BYTES + PackFormat.TRAILER_BYTES) {
      throw new CorruptPackException("it is cut short");
    }
    byte[] header = bytes(source, pack, 0, PackFormat.HEADER_BYTES);
    long trailerAt = length - PackFormat.TRAILER_BYTES;
    byte[] trailer = bytes(source, pack, trailerAt, PackFormat.TRAILER_BYTES);
    int stored = ByteBuffer.wrap(trailer).getInt();
    if (stored < 0
        || stored > PackFooter.encodedBytesMax() + PackFormat.TAG_BYTES
        || trailerAt - stored < PackFormat.HEADER_BYTES) {
      throw new CorruptPackException("its trailer is malformed; it may be cut short");
    }
    byte[] footer = bytes(source, pack, trailerAt - stored, stored);
    byte[] tail = Arrays.copyOf(footer, stored + trailer.length);
    System.arraycopy(trailer, 0, tail, stored, trailer.length);
    return new PackFrame(header, tail, length);
  }

  private static byte[] bytes(PackSource source, UUID pack, long position, int count)
      throws IOException, CorruptPackException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(count);
    source.read(pack, List.of(new PackSource.Range(position, count)), out::write);
    if (out.size() != count) {
      throw new IOException("%d bytes of a pack came, not %d".formatted(out.size(), count));
    }
    return out.toByteArray();
  }

  /** Opens it, as a pack whose blocks can't be read here. */
  PackReader open(UUID pack, SecretKey key) throws IOException, CorruptPackException {
    return PackReader.open(pack, key, this);
  }

  /** From the pack's first byte on. */
  byte[] header() {
    return header;
  }

  /** To the pack's last byte. */
  byte[] tail() {
    return tail;
  }

  /** Where the blocks end. */
  long blocksEnd() {
    return length - tail.length;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public byte[] read(long position, int count) throws IOException {
    if (position + count <= header.length) {
      return Arrays.copyOfRange(header, (int) position, (int) position + count);
    }
    int from = (int) (position - blocksEnd());
    if (position < blocksEnd() || count > tail.length - from) {
      throw new IOException("%d bytes from %d on are not here".formatted(count, position));
    }
    return Arrays.copyOfRange(tail, from, from + count);
  }

  @Override
  public void close() {}
}
