package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.Closeable;
import java.io.IOException;
import java.util.UUID;

/** A pack that is being written. Not thread-safe. */
record OpenPack(UUID pack, PackWriter writer, Upload upload) implements Closeable {
  static OpenPack begin(UUID pack, Upload upload, PackWorkers workers) throws IOException {
    try {
      PackWriter writer = new PackWriter(pack, workers.keys().packKey(pack), upload, workers);
      return new OpenPack(pack, writer, upload);
    } catch (IOException | RuntimeException e) {
      upload.close();
      throw e;
    }
  }

  /** Makes it durable; its length in bytes. */
  long commit() throws IOException {
    long bytes = writer.finish();
    upload.commit();
    return bytes;
  }

  @Override
  public void close() throws IOException {
    writer.close();
    upload.close();
  }
}
