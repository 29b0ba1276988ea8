package io.dormouse.checkpoint.images;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The contract of an image: who and what it is, and every file with size and checksum. Written
 * last, as {@value #FILE_NAME}; a directory without one is no image.
 *
 * @param formatVersion {@value #FORMAT_VERSION}; others are refused
 * @param metadata what the writer said
 * @param files every regular file of the image but the manifest, in order of path
 */
public record Manifest(int formatVersion, ImageMetadata metadata, List<ManifestFile> files) {
  public static final int FORMAT_VERSION = 1;
  public static final String FILE_NAME = "manifest.json";
  static final int FILES_MAX = 100_000;

  public Manifest {
    if (formatVersion != FORMAT_VERSION) {
      throw new IllegalArgumentException(
          "The format version (%d) of image %s must be %d.%nMaybe a newer Dormouse wrote it; restore it with that version."
              .formatted(formatVersion, metadata.id(), FORMAT_VERSION));
    }
    if (files.isEmpty() || files.size() > FILES_MAX) {
      throw new IllegalArgumentException(
          "The number of files (%d) of image %s must be between 1 and %d."
              .formatted(files.size(), metadata.id(), FILES_MAX));
    }
    Set<String> paths = new HashSet<>();
    for (ManifestFile file : files) {
      if (!paths.add(file.path())) {
        throw new IllegalArgumentException(
            "The file %s of image %s must be listed once.".formatted(file.path(), metadata.id()));
      }
    }
    files = List.copyOf(files);
  }

  public ImageId id() {
    return metadata.id();
  }

  /** What the image takes in the store, without the manifest itself. */
  public long storedBytes() {
    return files.stream().mapToLong(ManifestFile::sizeBytes).sum();
  }
}
