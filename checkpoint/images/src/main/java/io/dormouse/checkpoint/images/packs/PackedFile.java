package io.dormouse.checkpoint.images.packs;

/**
 * A file of an image, and which chunks make it up.
 *
 * @param path relative to the image
 * @param mode permission bits
 * @param sizeBytes its length; the last chunk is filled with zeros beyond it
 * @param runs its pages in order
 */
record PackedFile(String path, int mode, long sizeBytes, PageRuns runs) {
  PackedFile {
    long pages = (sizeBytes + PackFormat.CHUNK_BYTES - 1) / PackFormat.CHUNK_BYTES;
    if (runs.pages() != pages) {
      throw new IllegalArgumentException(
          "The runs of %s (%d pages) must make up its %d bytes."
              .formatted(path, runs.pages(), sizeBytes));
    }
  }

  PackedFile withRuns(PageRuns other) {
    return new PackedFile(path, mode, sizeBytes, other);
  }
}
