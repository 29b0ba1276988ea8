package io.dormouse.checkpoint.images.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Files and directories that only this process's own user may see. */
public final class PrivateFiles {
  /** Mode of a new file. */
  public static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** Mode of a new directory. */
  public static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private PrivateFiles() {}

  /** Makes a directory, or restricts one that is there. */
  public static Path directory(Path path) throws IOException {
    Files.createDirectories(path, DIRECTORY);
    Files.setPosixFilePermissions(path, DIRECTORY.value());
    return path;
  }

  /**
   * The whole of a file; empty if there is none.
   *
   * @throws IOException if it can't be read, which says nothing about whether it is there
   */
  public static Optional<byte[]> readIfThere(Path file) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Writes a file that is not there yet; on return its content is on the disk. */
  public static void write(Path file, byte[] content) throws IOException {
    write(file, content, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  private static void write(Path file, byte[] content, Set<StandardOpenOption> options)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file, options, FILE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /** Replaces a file as a whole. */
  public static void replace(Path file, byte[] content) throws IOException {
    Path next = next(file);
    Files.write(next, content);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The same; on return it is on the disk. */
  public static void replaceDurably(Path file, byte[] content) throws IOException {
    Path next = next(file);
    write(
        next,
        content,
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      syncDirectory(parent);
    }
  }

  private static Path next(Path file) {
    return file.resolveSibling(file.getFileName() + ".next");
  }

  /** Has what was added to a directory, or removed from it, on the disk. */
  public static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
