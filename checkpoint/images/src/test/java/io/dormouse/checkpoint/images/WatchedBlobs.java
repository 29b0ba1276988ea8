package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/**
 * Blobs that tell how far their uploads are.
 *
 * @param watcher is told of each
 */
record WatchedBlobs(Blobs blobs, Watcher watcher) implements Blobs {
  /** Hears of uploads; whatever it throws ends them, as death would. */
  interface Watcher {
    void wrote(String name, long bytes) throws IOException;

    /** A blob is about to be deleted. */
    default void deletes(String name) throws IOException {}

    /** A blob is about to be opened. */
    default void opens(String name) throws IOException {}
  }

  @Override
  public Upload begin(String name) throws IOException {
    Upload upload = blobs.begin(name);
    return new Upload() {
      private long bytes;

      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] content, int offset, int length) throws IOException {
        upload.write(content, offset, length);
        bytes += length;
        watcher.wrote(name, bytes);
      }

      @Override
      public void commit() throws IOException {
        upload.commit();
      }

      @Override
      public void close() throws IOException {
        upload.close();
      }
    };
  }

  @Override
  public ReadableBlob open(String name) throws IOException {
    watcher.opens(name);
    return blobs.open(name);
  }

  @Override
  public List<Blob> list(String folder, int most) throws IOException {
    return blobs.list(folder, most);
  }

  @Override
  public boolean delete(String name) throws IOException {
    watcher.deletes(name);
    return blobs.delete(name);
  }

  @Override
  public int sweep(Instant limit) throws IOException {
    return blobs.sweep(limit);
  }

  @Override
  public void close() throws IOException {
    blobs.close();
  }
}
