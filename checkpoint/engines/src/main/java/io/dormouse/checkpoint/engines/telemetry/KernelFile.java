package io.dormouse.checkpoint.engines.telemetry;

import io.dormouse.checkpoint.engines.telemetry.Reading.Cause;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads small files of the kernel, the first {@value #BYTES_MAX} bytes of each, through one buffer.
 * For one thread at a time.
 */
final class KernelFile {
  static final int BYTES_MAX = 16_384;

  private final byte[] buffer = new byte[BYTES_MAX];

  /** What is in a file; not told where there is none, or it can't be read. */
  Reading<String> read(Path file) {
    try (FileInputStream in = new FileInputStream(file.toString())) {
      int length = in.readNBytes(buffer, 0, BYTES_MAX);
      String text = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
      return Reading.of(length < BYTES_MAX ? text : wholeFields(text));
    } catch (IOException e) {
      // A cgroup or device that goes while it is read makes errors of many kinds.
      return Reading.none(Cause.NOT_TOLD);
    }
  }

  /** A number that is cut is another number. */
  private static String wholeFields(String text) {
    return text.substring(0, Math.max(text.lastIndexOf(' '), text.lastIndexOf('\n')) + 1);
  }

  /** The whole number that is all of a file. */
  Reading<Long> number(Path file) {
    return read(file).then(text -> Fields.number(text.strip()));
  }
}
