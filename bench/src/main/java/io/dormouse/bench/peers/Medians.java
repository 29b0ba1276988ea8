package io.dormouse.bench.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Figures of several rounds by name. Not thread-safe. */
public final class Medians {
  private final Map<String, List<Double>> figures = new LinkedHashMap<>();

  public void add(String name, Duration took) {
    add(name, took.toNanos() / 1e9);
  }

  public void add(String name, double figure) {
    figures.computeIfAbsent(name, unused -> new ArrayList<>()).add(figure);
  }

  /** The middle one; of an even number the lower of the two. */
  public double of(String name) {
    List<Double> all = new ArrayList<>(figures.getOrDefault(name, List.of()));
    if (all.isEmpty()) {
      throw new IllegalArgumentException("The figure %s must have been taken.".formatted(name));
    }
    Collections.sort(all);
    return all.get((all.size() - 1) / 2);
  }
}
