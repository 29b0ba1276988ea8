package io.dormouse.checkpoint.agentapi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Tells others the port that was free. Whoever reads the file finds all of it, or no file; everyone
 * may read it, since a port is no secret.
 */
public final class PortFile {
  private PortFile() {}

  /**
   * Writes a port and an end of line, over what was there.
   *
   * @throws IOException if it can't be written; the message says what to do
   */
  public static void write(Path file, int port) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try {
      Files.write(next, (port + "\n").getBytes(StandardCharsets.US_ASCII));
      Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new IOException(
          "The port can't be written to the port-file (%s): %s%nMaybe its folder does not exist."
              .formatted(file, e),
          e);
    }
  }
}
