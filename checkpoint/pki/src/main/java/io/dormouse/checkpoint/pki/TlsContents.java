package io.dormouse.checkpoint.pki;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What the three files hold; equal when all texts are. */
record TlsContents(String certificate, String key, String authority) {
  private static final int BYTES_MAX = 256 * 1024;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  static TlsContents read(TlsFiles files) throws PkiException {
    requireOwnerOnly(files.key());
    return new TlsContents(text(files.certificate()), text(files.key()), text(files.authority()));
  }

  /**
   * Refuses a key that others could have read.
   *
   * @throws PkiException naming the file and the fix
   */
  static void requireOwnerOnly(Path key) throws PkiException {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(key);
      if (!OWNER_ONLY.containsAll(permissions)) {
        throw new PkiException(
            "The permissions (%s) of key file %s must be at most rw-------."
                .formatted(PosixFilePermissions.toString(permissions), key),
            "run: chmod 600 " + key);
      }
    } catch (NoSuchFileException missing) {
      throw missing(key, missing);
    } catch (PkiException refused) {
      throw refused;
    } catch (IOException unreadable) {
      throw unreadable(key, unreadable);
    }
  }

  /**
   * Reads a small file.
   *
   * @throws PkiException if it is missing, can't be read or is too long
   */
  static String text(Path file) throws PkiException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw new PkiException(
            "The file %s must be at most %d bytes.".formatted(file, BYTES_MAX),
            "another file was named.");
      }
      return new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException missing) {
      throw missing(file, missing);
    } catch (PkiException refused) {
      throw refused;
    } catch (IOException unreadable) {
      throw unreadable(file, unreadable);
    }
  }

  private static PkiException missing(Path file, IOException cause) {
    return new PkiException(
        "The file %s does not exist.".formatted(file),
        "its path has a typing error, or `dormouse pki issue` makes it.",
        cause);
  }

  private static PkiException unreadable(Path file, IOException cause) {
    return new PkiException(
        "The file %s can't be read: %s".formatted(file, cause),
        "it belongs to another user than this process runs as.",
        cause);
  }

  /** Does not show the key. */
  @Override
  public String toString() {
    return "TlsContents[certificate=%s]".formatted(certificate);
  }
}
