package io.dormouse.checkpoint.engines;

import com.google.common.io.LittleEndianDataInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What CRIU says of a dump, from its {@code stats-dump} file: two magic numbers, a length, and a
 * protobuf message whose field 1 is the message of the dump (criu's images/stats.proto).
 */
record CriuStats(Duration frozen, long pagesWritten) {
  private static final int FROZEN_MICROS = 2;
  private static final int PAGES_WRITTEN = 7;
  private static final int BYTES_MAX = 4096;

  static CriuStats read(Path directory) throws IOException {
    Path file = directory.resolve("stats-dump");
    if (!Files.isRegularFile(file) || Files.size(file) > BYTES_MAX) {
      throw new IOException("%s must be a file of at most %d bytes".formatted(file, BYTES_MAX));
    }
    byte[] all = Files.readAllBytes(file);
    try (var in = new LittleEndianDataInputStream(new ByteArrayInputStream(all))) {
      in.readInt();
      in.readInt();
      in.readInt();
      if (varint(in) != (1 << 3 | 2)) {
        throw new IOException("%s must begin with the statistics of a dump".formatted(file));
      }
      varint(in);
      Map<Integer, Long> fields = new HashMap<>();
      while (in.available() > 0) {
        long key = varint(in);
        if ((key & 7) != 0) {
          break;
        }
        fields.put((int) (key >>> 3), varint(in));
      }
      return new CriuStats(
          Duration.ofNanos(fields.getOrDefault(FROZEN_MICROS, 0L) * 1000),
          fields.getOrDefault(PAGES_WRITTEN, 0L));
    }
  }

  private static long varint(LittleEndianDataInputStream in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = in.readUnsignedByte();
      value |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IOException("a number of more than 64 bits");
  }
}
