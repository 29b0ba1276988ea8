package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells what is gone from what can't be looked at. The first is an answer; the second, such as when
 * this process has no descriptor left, is none, and is thrown as {@link UncheckedIOException}:
 * whoever took it for the first would declare the living dead. {@link Outcome#attempt} makes a
 * failure of it.
 */
final class Presence {
  private Presence() {}

  /** What is in a file; empty if it is not there, or went while it was read. */
  static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      requireGone(file, e);
      return Optional.empty();
    }
  }

  /** What a link says; empty if it is not there, or went meanwhile. */
  static Optional<String> target(Path link) {
    try {
      return Optional.of(Files.readSymbolicLink(link).toString());
    } catch (IOException e) {
      requireGone(link, e);
      return Optional.empty();
    }
  }

  /** What is in a directory; nothing if it is not there, or went meanwhile. */
  static List<Path> list(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    } catch (IOException e) {
      requireGone(directory, e);
    } catch (UncheckedIOException e) {
      requireGone(directory, Objects.requireNonNull(e.getCause(), "it has one"));
    }
    return List.of();
  }

  // A process or a cgroup that goes while it is read makes errors of several names and languages.
  private static void requireGone(Path file, IOException error) {
    if (exists(file)) {
      throw new UncheckedIOException(file + " can't be read", error);
    }
  }

  /** Whether it is there, but another user's, and not to be looked at. */
  static boolean isHidden(Path file) {
    try {
      attributes(file);
      return false;
    } catch (UncheckedIOException e) {
      return isRefusal(e);
    }
  }

  /** Whether it could not be looked at for want of rights. */
  static boolean isRefusal(UncheckedIOException error) {
    return error.getCause() instanceof FileSystemException refused && isPermission(refused);
  }

  private static boolean isPermission(FileSystemException error) {
    return error instanceof AccessDeniedException
        || "Operation not permitted".equals(error.getReason());
  }

  /** A link counts as itself. */
  static boolean exists(Path file) {
    return attributes(file).isPresent();
  }

  static boolean isDirectory(Path file) {
    return attributes(file).filter(BasicFileAttributes::isDirectory).isPresent();
  }

  private static Optional<BasicFileAttributes> attributes(Path file) {
    try {
      return Optional.of(
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be looked at", e);
    }
  }
}
