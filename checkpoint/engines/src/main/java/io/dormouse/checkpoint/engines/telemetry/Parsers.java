package io.dormouse.checkpoint.engines.telemetry;

import io.dormouse.checkpoint.engines.telemetry.Reading.Cause;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Makes figures of whole files of the kernel. Sums grow to {@link Long#MAX_VALUE} at most. */
final class Parsers {
  private static final long SECTOR_BYTES = 512;
  private static final long MILLIS_PER_TICK = 10;
  private static final int DISK_READ = 5;
  private static final int DISK_WRITTEN = 9;
  private static final int NET_RECEIVED = 0;
  private static final int NET_SENT = 8;
  private static final List<Integer> CPU_BUSY = List.of(1, 2, 3, 6, 7, 8);

  private Parsers() {}

  /** {@code /proc/pressure/*} and {@code *.pressure} of a cgroup. */
  static Reading<Stall> stall(String text) {
    Stall stall = new Stall(0, Duration.ZERO, 0, Duration.ZERO);
    boolean some = false;
    for (String line : text.split("\n", -1)) {
      List<String> words = Fields.words(line);
      if (words.size() >= 5 && (words.get(0).equals("some") || words.get(0).equals("full"))) {
        Reading<Double> share = share(words.get(1));
        Reading<Long> total = after(words.get(4), "total=");
        if (share.value().isEmpty() || total.value().isEmpty()) {
          return Reading.none(Cause.UNKNOWN_FORM);
        }
        Duration time = duration(total.value().get(), ChronoUnit.MICROS);
        if (words.get(0).equals("some")) {
          some = true;
          stall = new Stall(share.value().get(), time, stall.fullShare(), stall.full());
        } else {
          stall = new Stall(stall.someShare(), stall.some(), share.value().get(), time);
        }
      }
    }
    return some ? Reading.of(stall) : Reading.none(Cause.UNKNOWN_FORM);
  }

  private static Reading<Double> share(String word) {
    String text = word.startsWith("avg10=") ? word.substring("avg10=".length()) : "";
    return text.matches("\\d{1,3}\\.\\d{1,4}") && Double.parseDouble(text) <= 100
        ? Reading.of(Double.parseDouble(text) / 100)
        : Reading.none(Cause.UNKNOWN_FORM);
  }

  private static Reading<Long> after(String word, String prefix) {
    return word.startsWith(prefix)
        ? Fields.number(word.substring(prefix.length()))
        : Reading.none(Cause.UNKNOWN_FORM);
  }

  /** {@code io.stat} of cgroup v2: a line per device, {@code 8:0 rbytes=1 wbytes=2 …}. */
  static Reading<Traffic> diskV2(String text) {
    Traffic sum = Traffic.NONE;
    for (String line : text.split("\n", -1)) {
      for (String word : Fields.words(line)) {
        if (word.startsWith("rbytes=") || word.startsWith("wbytes=")) {
          Reading<Long> bytes = Fields.number(word.substring("rbytes=".length()));
          if (bytes.value().isEmpty()) {
            return Reading.none(Cause.UNKNOWN_FORM);
          }
          long count = bytes.value().get();
          sum = sum.plus(word.startsWith("r") ? new Traffic(count, 0) : new Traffic(0, count));
        }
      }
    }
    return Reading.of(sum);
  }

  /** {@code blkio.throttle.io_service_bytes} of cgroup v1: {@code 8:0 Read 1}. */
  static Reading<Traffic> diskV1(String text) {
    Traffic sum = Traffic.NONE;
    for (String line : text.split("\n", -1)) {
      List<String> words = Fields.words(line);
      if (words.size() == 3 && (words.get(1).equals("Read") || words.get(1).equals("Write"))) {
        Reading<Long> bytes = Fields.number(words.get(2));
        if (bytes.value().isEmpty()) {
          return Reading.none(Cause.UNKNOWN_FORM);
        }
        long count = bytes.value().get();
        boolean read = words.get(1).equals("Read");
        sum = sum.plus(read ? new Traffic(count, 0) : new Traffic(0, count));
      }
    }
    return Reading.of(sum);
  }

  /**
   * {@code /proc/diskstats}, by disk; {@code whole} tells disks from their parts and from made
   * ones.
   */
  static Reading<Map<String, Traffic>> disks(String text, Predicate<String> whole) {
    Map<String, Traffic> disks = new LinkedHashMap<>();
    for (String line : text.split("\n", -1)) {
      List<String> words = Fields.words(line);
      if (words.size() > DISK_WRITTEN && whole.test(words.get(2))) {
        Reading<Long> read = Fields.number(words.get(DISK_READ));
        Reading<Long> written = Fields.number(words.get(DISK_WRITTEN));
        if (read.value().isEmpty() || written.value().isEmpty()) {
          return Reading.none(Cause.UNKNOWN_FORM);
        }
        disks.put(
            words.get(2), new Traffic(sectors(read.value().get()), sectors(written.value().get())));
      }
    }
    return disks.isEmpty() ? Reading.none(Cause.NO_DEVICE) : Reading.of(disks);
  }

  /** {@code /proc/net/dev}, by interface, without loopback. */
  static Reading<Map<String, Traffic>> interfaces(String text) {
    Map<String, Traffic> interfaces = new LinkedHashMap<>();
    for (String line : text.split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon < 0 || line.substring(0, colon).strip().equals("lo")) {
        continue;
      }
      List<String> words = Fields.words(line.substring(colon + 1));
      if (words.size() <= NET_SENT) {
        return Reading.none(Cause.UNKNOWN_FORM);
      }
      Reading<Long> received = Fields.number(words.get(NET_RECEIVED));
      Reading<Long> sent = Fields.number(words.get(NET_SENT));
      if (received.value().isEmpty() || sent.value().isEmpty()) {
        return Reading.none(Cause.UNKNOWN_FORM);
      }
      interfaces.put(
          line.substring(0, colon).strip(),
          new Traffic(received.value().get(), sent.value().get()));
    }
    return interfaces.isEmpty() ? Reading.none(Cause.NO_DEVICE) : Reading.of(interfaces);
  }

  /** The first line of {@code /proc/stat}: all but idle, waiting for disks, and guests (twice). */
  static Reading<Duration> busy(String text) {
    List<String> words = Fields.words(text.lines().findFirst().orElse(""));
    if (words.size() < 5 || !words.get(0).equals("cpu")) {
      return Reading.none(Cause.UNKNOWN_FORM);
    }
    long ticks = 0;
    for (int field : CPU_BUSY) {
      if (field < words.size()) {
        Reading<Long> some = Fields.number(words.get(field));
        if (some.value().isEmpty()) {
          return Reading.none(Cause.UNKNOWN_FORM);
        }
        ticks = plus(ticks, some.value().get());
      }
    }
    return Reading.of(duration(times(ticks, MILLIS_PER_TICK), ChronoUnit.MILLIS));
  }

  /** {@code /proc/meminfo}. */
  static Reading<Memory> memory(String text) {
    return Fields.named(text, "MemTotal")
        .then(
            total ->
                Fields.named(text, "MemAvailable")
                    .then(free -> Reading.of(new Memory(times(total, 1024), times(free, 1024)))));
  }

  /** A time that is too long to be one is the longest that can be told. */
  static Duration duration(long count, ChronoUnit unit) {
    long nanosMax = Long.MAX_VALUE / Math.max(1, unit.getDuration().toNanos());
    return Duration.of(Math.min(count, nanosMax), unit);
  }

  private static long sectors(long count) {
    return times(count, SECTOR_BYTES);
  }

  private static long times(long count, long factor) {
    return count > Long.MAX_VALUE / factor ? Long.MAX_VALUE : count * factor;
  }

  private static long plus(long one, long other) {
    return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
  }
}
