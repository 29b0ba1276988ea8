package io.dormouse.checkpoint.images.remote;

import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import java.io.EOFException;
import java.io.IOException;
import java.util.UUID;

/** A blob that is open. */
final class RemoteBlob implements ReadableBlob {
  private final UUID id = UUID.randomUUID();
  private final String name;
  private final long bytes;
  private final Extents.Source source;
  private final Extents extents;

  RemoteBlob(String name, long bytes, Extents.Source source, Extents extents) {
    this.name = name;
    this.bytes = bytes;
    this.source = source;
    this.extents = extents;
  }

  @Override
  public long length() {
    return bytes;
  }

  @Override
  public byte[] read(long position, int length) throws IOException {
    if (position + length > bytes) {
      throw new EOFException(name + " is cut short");
    }
    byte[] read = new byte[length];
    return RemoteBlobs.call(
        name,
        () -> {
          extents.read(id, bytes, source, position, read);
          return read;
        });
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
