package io.dormouse.checkpoint.engines;

import com.google.common.io.LittleEndianDataInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/**
 * What CRIU says of a dump, from its {@code stats-dump} file: two magic numbers, a length, and a
 * protobuf message whose field 1 is the message of the dump (criu's images/stats.proto).
 */
final class CriuStats {
  private static final int FREEZING_MICROS = 1;
  private static final int FROZEN_MICROS = 2;
  private static final int MEMORY_DUMP_MICROS = 3;
  private static final int MEMORY_WRITE_MICROS = 4;
  private static final int PAGES_SCANNED = 5;
  private static final int PAGES_SKIPPED = 6;
  private static final int PAGES_WRITTEN = 7;
  private static final int SHARED_PAGES_SCANNED = 12;
  private static final int SHARED_PAGES_SKIPPED = 13;
  private static final int SHARED_PAGES_WRITTEN = 14;
  private static final int BYTES_MAX = 4096;

  private CriuStats() {}

  static DumpStatistics read(Path directory) throws IOException {
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
      return statistics(fields);
    }
  }

  private static DumpStatistics statistics(Map<Integer, Long> fields) {
    return new DumpStatistics(
        micros(fields, FREEZING_MICROS),
        micros(fields, FROZEN_MICROS),
        micros(fields, MEMORY_DUMP_MICROS),
        micros(fields, MEMORY_WRITE_MICROS),
        sum(fields, PAGES_SCANNED, SHARED_PAGES_SCANNED),
        sum(fields, PAGES_SKIPPED, SHARED_PAGES_SKIPPED),
        sum(fields, PAGES_WRITTEN, SHARED_PAGES_WRITTEN));
  }

  private static Duration micros(Map<Integer, Long> fields, int field) {
    return Duration.of(fields.getOrDefault(field, 0L), ChronoUnit.MICROS);
  }

  private static long sum(Map<Integer, Long> fields, int field, int shared) {
    return fields.getOrDefault(field, 0L) + fields.getOrDefault(shared, 0L);
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
