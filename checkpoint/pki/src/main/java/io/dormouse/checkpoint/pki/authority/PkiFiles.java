package io.dormouse.checkpoint.pki.authority;

import io.dormouse.checkpoint.pki.PkiException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes keys and certificates: durably, and never over each other by accident. */
final class PkiFiles {
  static final String SECRET = "rw-------";
  static final String PUBLIC = "rw-r--r--";

  private PkiFiles() {}

  /** Makes a folder for its owner alone where there is none. */
  static void folder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /**
   * Writes a file that must not be there.
   *
   * @throws PkiException if it is there
   */
  static void create(Path file, String text, String permissions) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(SECRET)))) {
      write(channel, text);
    } catch (FileAlreadyExistsException there) {
      throw new PkiException(
          "The file %s is there already, and is not overwritten.".formatted(file),
          "another folder is meant, or `dormouse pki renew`.",
          there);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  /** Puts a file in the place of one that is there, whose owner and permissions it takes over. */
  static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next);
    create(next, text, SECRET);
    try {
      PosixFileAttributes old = Files.readAttributes(file, PosixFileAttributes.class);
      PosixFileAttributeView view = Files.getFileAttributeView(next, PosixFileAttributeView.class);
      PosixFileAttributes made = view.readAttributes();
      if (!made.owner().equals(old.owner()) || !made.group().equals(old.group())) {
        view.setGroup(old.group());
        view.setOwner(old.owner());
      }
      view.setPermissions(old.permissions());
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(next);
    }
  }

  /** Writes all of a text and has it on the disk. */
  static void write(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }
}
