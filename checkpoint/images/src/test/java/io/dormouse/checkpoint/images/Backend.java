package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.blobs.Blobs;
import java.io.IOException;
import java.nio.file.Path;

/** Somewhere that a store's blobs can lie, as the contracts see it. */
interface Backend {
  /**
   * Names a place that nobody used before.
   *
   * @param local a directory of this machine for what does not go there
   */
  StoreLocation freshStore(Path local);

  /** Opens the blobs of a place, as a process of its own would. */
  Blobs open(StoreLocation location) throws IOException;
}
