package io.dormouse.checkpoint.engines;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A file whose content is, or may be, in a snapshot only.
 *
 * @param path below the instance's root, with a slash first; names are bytes, so all but plain ones
 *     are percent-encoded
 * @param device on which it is
 * @param inode there
 * @param bytes its length
 * @param modified when its content was changed last
 * @param mode type and permissions, as the kernel has them
 */
public record DataFile(
    String path, long device, long inode, long bytes, Instant modified, int mode) {
  private static final String PLAIN = "/._-~";

  /** Checks the path, since it may come from a file. */
  public DataFile {
    Path decoded = decode(path);
    if (decoded.getNameCount() < 2 || !decoded.normalize().equals(decoded) || bytes < 0) {
      throw new IllegalArgumentException(
          "The path (%s) of a data file (%d bytes) must name something below the root."
              .formatted(path, bytes));
    }
  }

  /** The names from the root on. */
  Path names() {
    return Path.of("/").relativize(decode(path));
  }

  /** Writes a path down, whatever bytes it is made of. */
  static String encode(byte[] name) {
    StringBuilder text = new StringBuilder();
    for (byte each : name) {
      char c = (char) (each & 0xff);
      boolean plain = c < 128 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0);
      text.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
    }
    return text.toString();
  }

  private static Path decode(String path) {
    if (!path.startsWith("/") || path.startsWith("//") || path.contains("%00")) {
      throw new IllegalArgumentException("The path (%s) is not that of a file.".formatted(path));
    }
    return Path.of(URI.create("file://" + path));
  }
}
