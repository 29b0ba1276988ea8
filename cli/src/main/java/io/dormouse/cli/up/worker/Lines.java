package io.dormouse.cli.up.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads lines of bounded length; a longer one comes as {@link #TOO_LONG}. Not thread-safe. */
final class Lines {
  static final int BYTES_MAX = 4096;
  static final String TOO_LONG = "\0too long";

  private final InputStream in;
  private final byte[] line = new byte[BYTES_MAX];

  Lines(InputStream in) {
    this.in = in;
  }

  /** The next line without its end, or null after the last. */
  @Nullable String next() throws IOException {
    int length = 0;
    boolean any = false;
    for (int read = in.read(); read >= 0; read = in.read()) {
      any = true;
      if (read == '\n') {
        return text(length);
      }
      if (length < BYTES_MAX) {
        line[length] = (byte) read;
      }
      length = Math.min(length + 1, BYTES_MAX + 1);
    }
    return any ? text(length) : null;
  }

  private String text(int length) {
    return length > BYTES_MAX ? TOO_LONG : new String(line, 0, length, StandardCharsets.UTF_8);
  }
}
