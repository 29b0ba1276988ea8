package io.dormouse.cli.up.worker;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/**
 * The file that a worker appends to, one line {@code <counter> <task id>} per task, through a
 * handle that stays open: so that an image without the file, or with another version of it, shows.
 */
final class Journal implements AutoCloseable {
  private final Path file;
  private final OutputStream out;

  private Journal(Path file, OutputStream out) {
    this.file = file;
    this.out = out;
  }

  static Journal open(Path file) throws IOException {
    return new Journal(
        file, Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  void append(long counter, String task) throws IOException {
    out.write((counter + " " + task + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads the file by its name, not through the handle. */
  Proof proof() throws IOException {
    CRC32 crc = new CRC32();
    long lines = 0;
    byte[] buffer = new byte[8192];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        crc.update(buffer, 0, read);
        for (int i = 0; i < read; i++) {
          lines += buffer[i] == '\n' ? 1 : 0;
        }
      }
    }
    return new Proof(lines, crc.getValue());
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** What the file holds. */
  record Proof(long lines, long crc32) {}
}
