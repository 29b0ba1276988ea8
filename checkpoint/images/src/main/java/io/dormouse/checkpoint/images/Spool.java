package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Images as plain files on a local disk, while they are dumped or restored: private directories,
 * named by their image.
 */
final class Spool {
  private static final int LIST_MAX = 100_000;

  private final Path root;

  Spool(Path root) throws IOException {
    this.root = Files.createDirectories(root, PrivateFiles.DIRECTORY);
  }

  /** Makes a directory for an image. */
  Path create(ImageId id) throws IOException {
    return Files.createDirectories(
        root.resolve(prefix(id) + UUID.randomUUID()), PrivateFiles.DIRECTORY);
  }

  /** Removes what a writer that died has left of an image. */
  void removeAll(ImageId id) throws IOException {
    try (Stream<Path> all = Files.list(root)) {
      String prefix = prefix(id);
      for (Path staged :
          all.filter(path -> path.getFileName().toString().startsWith(prefix)).toList()) {
        Trees.delete(staged);
      }
    }
  }

  private static String prefix(ImageId id) {
    return id.instance() + "." + id.generation() + ".";
  }

  /** Removes what did not change since {@code limit}; how many directories went. */
  int sweep(Instant limit) throws IOException {
    int swept = 0;
    try (Stream<Path> leftovers = Files.list(root)) {
      for (Path leftover : leftovers.limit(LIST_MAX).toList()) {
        if (lastChange(leftover).isBefore(limit)) {
          Trees.delete(leftover);
          swept++;
        }
      }
    }
    return swept;
  }

  private static Instant lastChange(Path directory) throws IOException {
    Instant latest = Instant.EPOCH;
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path path : walk.toList()) {
        Instant changed = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
        latest = changed.isAfter(latest) ? changed : latest;
      }
    }
    return latest;
  }
}
