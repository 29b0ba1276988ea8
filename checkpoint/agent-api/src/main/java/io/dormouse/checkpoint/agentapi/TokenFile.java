package io.dormouse.checkpoint.agentapi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file with a bearer token, that nobody but its owner may read. */
public final class TokenFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final int MIN_CHARACTERS = 16;
  private static final int MAX_BYTES = 1024;

  private TokenFile() {}

  /**
   * Reads a token.
   *
   * @throws IOException if the file is missing, readable for others, or holds no token of at least
   *     16 printable ASCII characters
   */
  public static String read(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!OWNER_ONLY.containsAll(permissions)) {
      throw new IOException(
          String.format(
              "The permissions (%s) of token file %s must be at most rw-------.%n"
                  + "Maybe run: chmod 600 %s",
              PosixFilePermissions.toString(permissions), file, file));
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(
          String.format(
              "The size (%d) of token file %s must be at most %d bytes.%n"
                  + "Maybe the path points to another file.",
              Files.size(file), file, MAX_BYTES));
    }
    String token = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    if (token.length() < MIN_CHARACTERS || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IOException(
          String.format(
              "The token in %s must be at least %d printable ASCII characters without a space.%n"
                  + "Maybe make a new one: head -c 32 /dev/urandom | base64 > %s",
              file, MIN_CHARACTERS, file));
    }
    return token;
  }
}
