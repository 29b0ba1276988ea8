package io.dormouse.checkpoint.images;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Objects;

/**
 * Walks directories by descriptor. Whoever owns something in them may put a link in its place at
 * any moment; none is followed.
 */
public final class Trees {
  // Each level holds a descriptor.
  private static final int DEPTH_MAX = 256;

  private Trees() {}

  /** Holds a directory; whoever could put another in its place must be trusted. */
  @SuppressWarnings("StreamResourceLeak") // The caller's to close.
  public static SecureDirectoryStream<Path> open(Path directory) throws IOException {
    return secure(Files.newDirectoryStream(directory));
  }

  /** Holds the directory of this name; fails if it is a link. */
  public static SecureDirectoryStream<Path> step(SecureDirectoryStream<Path> above, Path name)
      throws IOException {
    return secure(above.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS));
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream)
      throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    stream.close();
    throw new IOException("this platform can't hold directories by descriptor");
  }

  /**
   * Removes a file, or a directory with all in it; fine if it is gone already.
   *
   * @throws IOException also if directories are nested more than 256 deep
   */
  public static void delete(Path tree) throws IOException {
    Path absolute = tree.toAbsolutePath().normalize();
    Path parent = Objects.requireNonNull(absolute.getParent(), "the root is not to be removed");
    try (SecureDirectoryStream<Path> above = open(parent)) {
      delete(above, Objects.requireNonNull(absolute.getFileName(), "it has a parent"));
    } catch (NoSuchFileException e) {
      // As it should be.
      return;
    }
  }

  /** The same, in a directory that is held. */
  public static void delete(SecureDirectoryStream<Path> above, Path name) throws IOException {
    delete(above, name, 0);
  }

  private static void delete(SecureDirectoryStream<Path> above, Path name, int depth)
      throws IOException {
    if (depth > DEPTH_MAX) {
      throw new IOException("directories are nested more than %d deep".formatted(DEPTH_MAX));
    }
    try {
      if (!isDirectory(above, name)) {
        above.deleteFile(name);
        return;
      }
      try (SecureDirectoryStream<Path> here = step(above, name)) {
        for (Path entry : here) {
          delete(here, Objects.requireNonNull(entry.getFileName(), "a name"), depth + 1);
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
      above.deleteDirectory(name);
    } catch (NoSuchFileException e) {
      // As it should be.
      return;
    }
  }

  private static boolean isDirectory(SecureDirectoryStream<Path> above, Path name)
      throws IOException {
    return above
        .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes()
        .isDirectory();
  }
}
