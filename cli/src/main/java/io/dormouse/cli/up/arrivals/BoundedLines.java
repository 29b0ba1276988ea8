package io.dormouse.cli.up.arrivals;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Reads lines with a limit on each and on all; says where it is. Not thread-safe. */
final class BoundedLines {
  static final int LINE_BYTES_MAX = 256 * 1024;
  static final long ALL_BYTES_MAX = 1L << 30;

  private final String file;
  private final InputStream in;
  private final byte[] line = new byte[LINE_BYTES_MAX];
  private long bytes;
  private long number;

  BoundedLines(String file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /** The next line without its end (LF or CR LF), or null after the last. */
  @Nullable String next() throws IOException {
    number++;
    int length = 0;
    int read = read();
    if (read < 0) {
      return null;
    }
    for (; read >= 0 && read != '\n'; read = read()) {
      if (length == LINE_BYTES_MAX) {
        throw bad(
            "the line is longer than %d bytes.".formatted(LINE_BYTES_MAX),
            "Maybe this is not a text file, or its line ends are lost.");
      }
      line[length++] = (byte) read;
    }
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    return new String(line, 0, length, StandardCharsets.UTF_8);
  }

  private int read() throws IOException {
    try {
      if (++bytes > ALL_BYTES_MAX) {
        throw bad(
            "the file is larger than %d bytes when unpacked.".formatted(ALL_BYTES_MAX),
            "Maybe cut it to the functions or the time you need.");
      }
      return in.read();
    } catch (EOFException truncated) {
      throw bad(
          "the gzip file ends in the middle.",
          "Maybe its download or copy was cut off: fetch it again and check it with gzip -t.");
    } catch (ZipException corrupt) {
      throw bad(
          "the gzip file is damaged (%s).".formatted(corrupt.getMessage()),
          "Maybe its download or copy went wrong: fetch it again and check it with gzip -t.");
    }
  }

  BadTraceException bad(String cause, String fix) {
    return new BadTraceException(file + ":" + number, cause, fix);
  }
}
