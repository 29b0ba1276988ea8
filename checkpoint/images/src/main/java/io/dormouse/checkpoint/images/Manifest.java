package io.dormouse.checkpoint.images;

import java.util.List;
import java.util.UUID;

/**
 * The contract of an image: who and what it is, and where its files lie. Signed, and published
 * last; without one there is no image.
 *
 * @param formatVersion from 2, which knows little of the host, over 3, which knows of no GPU, to
 *     {@value #FORMAT_VERSION}; others are refused
 * @param metadata what the writer said
 * @param contents what the store found out
 */
public record Manifest(int formatVersion, ImageMetadata metadata, Contents contents) {
  public static final int FORMAT_VERSION = 4;

  /** The oldest that is read. */
  static final int FORMAT_VERSION_MIN = 2;

  static final String FILE_NAME = "manifest.json";

  private static final int PACKS_MAX = 100_000;

  /**
   * What of an image lies where.
   *
   * @param domain the dedup domain whose keys open it
   * @param files how many files it has
   * @param fileBytes their length
   * @param storedBytes what it takes in the store, with its share of what others use too
   * @param newBytes what the store did not have when it was written
   * @param packs that hold its pages
   * @param tableSha256 of its sealed page table, 64 hexadecimal digits
   */
  public record Contents(
      String domain,
      int files,
      long fileBytes,
      long storedBytes,
      long newBytes,
      List<UUID> packs,
      String tableSha256) {
    /** Copies the packs and checks the numbers. */
    public Contents {
      if (files < 1 || fileBytes < 0 || newBytes < 0 || storedBytes < newBytes) {
        throw new IllegalArgumentException(
            "An image of %d files (%d bytes) must not take %d bytes, %d of them new."
                .formatted(files, fileBytes, storedBytes, newBytes));
      }
      if (packs.size() > PACKS_MAX) {
        throw new IllegalArgumentException(
            "An image must lie in at most %d packs.".formatted(PACKS_MAX));
      }
      packs = List.copyOf(packs);
    }
  }

  /** Checks the version. */
  public Manifest {
    if (!isReadable(formatVersion)) {
      throw new IllegalArgumentException(
          "The format version (%d) of image %s must be from %d to %d.%nMaybe another Dormouse wrote it; restore it with that version."
              .formatted(formatVersion, metadata.id(), FORMAT_VERSION_MIN, FORMAT_VERSION));
    }
  }

  static boolean isReadable(int formatVersion) {
    return formatVersion >= FORMAT_VERSION_MIN && formatVersion <= FORMAT_VERSION;
  }

  public ImageId id() {
    return metadata.id();
  }

  /** What the image takes in the store, with its share of what others use too. */
  public long storedBytes() {
    return contents.storedBytes();
  }
}
