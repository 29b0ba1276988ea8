package io.dormouse.checkpoint.images.blobs;

import java.io.IOException;
import java.io.OutputStream;

/** A blob that is being written; nobody sees it before {@link #commit}. Not thread-safe. */
public abstract class Upload extends OutputStream {
  /**
   * Makes the blob durable and seen, whole.
   *
   * @throws java.nio.file.FileAlreadyExistsException when there is one of that name, which stays
   */
  public abstract void commit() throws IOException;

  /** Throws away what was not committed. */
  @Override
  public abstract void close() throws IOException;
}
