package io.dormouse.checkpoint.images.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Small text files that only their owner may touch; written whole or not at all. */
final class KeyFiles {
  private static final int BYTES_MAX = 4_096;
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private KeyFiles() {}

  /**
   * Reads a secret's file.
   *
   * @throws KeyException when others may read or write it, or it is no small file
   */
  static String readSecret(Path file) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> open = EnumSet.copyOf(OTHERS);
    open.retainAll(attributes.permissions());
    if (!open.isEmpty()) {
      throw new KeyException(
          "The key file %s must be its owner's alone.%nMaybe run: chmod 600 %s"
              .formatted(file, file));
    }
    return read(file, attributes);
  }

  /** Reads a file that need not be secret. */
  static String read(Path file) throws IOException {
    return read(
        file, Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
  }

  private static String read(Path file, PosixFileAttributes attributes) throws IOException {
    if (!attributes.isRegularFile() || attributes.size() > BYTES_MAX) {
      throw new KeyException(
          "The key file %s must be a file of at most %d bytes.%nMaybe another file was meant."
              .formatted(file, BYTES_MAX));
    }
    return new String(Files.readAllBytes(file), StandardCharsets.US_ASCII);
  }

  /** Writes a new file durably; whether it was not there before. */
  static boolean create(Path file, String text) throws IOException {
    Path temporary = writeBeside(file, text);
    try {
      Files.createLink(file, temporary);
      syncDirectory(file);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.delete(temporary);
    }
  }

  /** Writes a file durably in place of the one that is there. */
  static void replace(Path file, String text) throws IOException {
    Files.move(
        writeBeside(file, text),
        file,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    syncDirectory(file);
  }

  private static Path writeBeside(Path file, String text) throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path temporary = folder.resolve("." + UUID.randomUUID() + ".tmp");
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            options,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    return temporary;
  }

  private static void syncDirectory(Path file) throws IOException {
    try (FileChannel folder =
        FileChannel.open(
            Objects.requireNonNull(file.toAbsolutePath().getParent()), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }
}
