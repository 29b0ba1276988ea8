package io.dormouse.checkpoint.images;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** File work of the store. */
final class ImageFiles {
  private ImageFiles() {}

  /** The files under a directory, links not followed, sorted. */
  static List<Path> regularFiles(Path directory) throws IOException, StrayFileException {
    List<Path> files = new ArrayList<>();
    List<Path> strays = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path path : walk.toList()) {
        BasicFileAttributes found = attributes(path);
        if (found.isRegularFile()) {
          files.add(path);
        } else if (!found.isDirectory()) {
          strays.add(path);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (!strays.isEmpty()) {
      throw new StrayFileException(directory.relativize(strays.get(0)).toString());
    }
    files.sort(null);
    return files;
  }

  /**
   * Whether it is there, links not followed.
   *
   * @throws IOException if that can't be told
   */
  static boolean isThere(Path path) throws IOException {
    try {
      attributes(path);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** Something other than a regular file or a directory lies in an image. */
  static final class StrayFileException extends Exception {
    private static final long serialVersionUID = 1;

    StrayFileException(String path) {
      super(path);
    }
  }
}
