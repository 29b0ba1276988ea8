package io.dormouse.checkpoint.images.remote;

import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;

/** A blob on its way to a server. */
abstract class RemoteUpload extends Upload {
  private final String name;
  private final FSDataOutputStream out;
  private boolean committed;

  RemoteUpload(String name, FSDataOutputStream out) {
    this.name = name;
    this.out = out;
  }

  final String name() {
    return name;
  }

  /** Makes it seen; failures are Hadoop's own. */
  abstract void publish(FSDataOutputStream complete) throws IOException;

  /** Removes what was sent; failures are Hadoop's own. */
  abstract void abandon(FSDataOutputStream incomplete) throws IOException;

  @Override
  public final void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public final void write(byte[] bytes, int offset, int length) throws IOException {
    RemoteBlobs.call(
        name,
        () -> {
          out.write(bytes, offset, length);
          return length;
        });
  }

  @Override
  public final void commit() throws IOException {
    RemoteBlobs.call(
        name,
        () -> {
          publish(out);
          committed = true;
          return committed;
        });
  }

  @Override
  public final void close() throws IOException {
    if (!committed) {
      committed = true;
      RemoteBlobs.call(
          name,
          () -> {
            abandon(out);
            return committed;
          });
    }
  }
}
