package io.dormouse.checkpoint.images.upkeep;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What owners had stored at some moments. Between two of them all is taken to be as it was at the
 * first.
 */
public final class Ledger {
  private static final double NANOS_PER_HOUR = Duration.ofHours(1).toNanos();

  private final List<Sample> samples;

  /**
   * What all owners had stored at one moment.
   *
   * @param bytes by uid; who is missing had nothing
   */
  public record Sample(Instant at, Map<Long, Long> bytes) {
    /** Copies the map and checks the figures. */
    public Sample {
      bytes = Map.copyOf(bytes);
      bytes.forEach(
          (uid, count) -> {
            if (uid < 0 || count < 0) {
              throw new IllegalArgumentException(
                  "The bytes (%d) stored by uid %d must not be negative.".formatted(count, uid));
            }
          });
    }
  }

  /** A ledger of samples in any order. */
  public Ledger(List<Sample> samples) {
    this.samples = new ArrayList<>(samples);
    this.samples.sort(Comparator.comparing(Sample::at));
  }

  /** Bytes × hours by uid, from one moment to another; nothing is known before the first sample. */
  public Map<Long, Double> byteHours(Instant from, Instant to) {
    Map<Long, Double> sums = new TreeMap<>();
    for (int i = 0; i < samples.size(); i++) {
      Instant begin = later(samples.get(i).at(), from);
      Instant end = i + 1 < samples.size() ? earlier(samples.get(i + 1).at(), to) : to;
      if (begin.isBefore(end)) {
        double hours = Duration.between(begin, end).toNanos() / NANOS_PER_HOUR;
        samples.get(i).bytes().forEach((uid, bytes) -> sums.merge(uid, bytes * hours, Double::sum));
      }
    }
    return sums;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
