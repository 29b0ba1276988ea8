package io.dormouse.checkpoint.images.keys;

import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Small text files that only their owner may touch; written whole or not at all. */
final class KeyFiles {
  private static final int BYTES_MAX = 4_096;
  private static final String TEMPORARY = ".tmp";
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
      PrivateFiles.syncDirectory(folder(file));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.delete(temporary);
    }
  }

  /** Writes a file durably in place of the one that is there, whose owner it stays. */
  static void replace(Path file, String text) throws IOException {
    Path temporary = writeBeside(file, text);
    giveTo(temporary, file);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    PrivateFiles.syncDirectory(folder(file));
  }

  /** Gives a file to the owner of another, so that what root changes stays readable to agents. */
  static void giveTo(Path file, Path like) throws IOException {
    UserPrincipal owner = Files.getOwner(like, LinkOption.NOFOLLOW_LINKS);
    if (!owner.equals(Files.getOwner(file, LinkOption.NOFOLLOW_LINKS))) {
      Files.setOwner(file, owner);
    }
  }

  /** Makes a private folder if it is missing. */
  static void createFolder(Path folder) throws IOException {
    Files.createDirectories(folder, PrivateFiles.DIRECTORY);
  }

  /** Makes a private folder of the owner of a file. */
  static void createFolderLike(Path folder, Path like) throws IOException {
    createFolder(folder);
    giveTo(folder, like);
  }

  /**
   * Removes a file durably; whether it was there. Its bytes are overwritten first, which helps
   * where the disk writes in place, and only there.
   */
  static boolean destroy(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      overwrite(file);
    }
    Files.delete(file);
    PrivateFiles.syncDirectory(folder(file));
    return true;
  }

  private static void overwrite(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(BYTES_MAX, channel.size()));
      while (zeros.hasRemaining()) {
        channel.write(zeros);
      }
      channel.force(true);
    }
  }

  /** Removes what writers that died have left beside a file; nobody may be writing there. */
  static void sweep(Path file) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder(file), ".*" + TEMPORARY)) {
      for (Path temporary : left) {
        boolean unused = destroy(temporary);
      }
    } catch (NoSuchFileException none) {
      return;
    }
  }

  private static Path folder(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent());
  }

  private static Path writeBeside(Path file, String text) throws IOException {
    createFolder(folder(file));
    Path temporary = folder(file).resolve("." + UUID.randomUUID() + TEMPORARY);
    PrivateFiles.write(temporary, text.getBytes(StandardCharsets.US_ASCII));
    return temporary;
  }
}
