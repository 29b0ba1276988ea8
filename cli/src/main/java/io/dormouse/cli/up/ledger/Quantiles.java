package io.dormouse.cli.up.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects durations and gives their quantiles by nearest rank. Not thread-safe. */
final class Quantiles {
  private final List<Duration> durations = new ArrayList<>();

  void add(Duration duration) {
    durations.add(duration);
  }

  int count() {
    return durations.size();
  }

  /** In seconds; null when nothing was collected. */
  @Nullable Double seconds(double quantile) {
    if (durations.isEmpty()) {
      return null;
    }
    List<Duration> sorted = durations.stream().sorted().toList();
    int rank = (int) Math.ceil(quantile * sorted.size());
    return sorted.get(Math.max(rank, 1) - 1).toNanos() / 1e9;
  }
}
