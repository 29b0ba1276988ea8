package io.dormouse.controller;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Tells others the port that was free. Whoever reads the file finds all of it, or no file. */
final class PortFile {
  private PortFile() {}

  static void write(Path file, int port) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try {
      Files.write(next, (port + "\n").getBytes(StandardCharsets.US_ASCII));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new IOException(
          "The port can't be written to rest.port-file (%s): %s%nMaybe its folder does not exist."
              .formatted(file, e.getMessage()),
          e);
    }
  }
}
