package io.dormouse.engine.model;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Map;

/**
 * An amount of resources.
 *
 * @param milliCores thousandths of a core, at least 0
 * @param memoryBytes bytes of memory, at least 0
 * @param named further resources by their scheduler's name (yarn.io/gpu, gres/gpu, gpus), each at
 *     least 0
 */
public record Resources(long milliCores, long memoryBytes, ImmutableSortedMap<String, Long> named) {
  /** Nothing at all. */
  public static final Resources NONE = new Resources(0, 0, ImmutableSortedMap.of());

  /** Checks that nothing is negative. */
  public Resources {
    requireNotNegative("milliCores", milliCores);
    requireNotNegative("memoryBytes", memoryBytes);
    named.forEach(Resources::requireNotNegative);
  }

  /** Cores and memory only. */
  public static Resources of(long milliCores, long memoryBytes) {
    return new Resources(milliCores, memoryBytes, ImmutableSortedMap.of());
  }

  /** Whether {@code other} fits into this. */
  public boolean covers(Resources other) {
    return milliCores >= other.milliCores
        && memoryBytes >= other.memoryBytes
        && other.named.entrySet().stream().allMatch(this::coversNamed);
  }

  /** What is left of this without {@code other}; never below nothing. */
  public Resources minus(Resources other) {
    ImmutableSortedMap.Builder<String, Long> left = ImmutableSortedMap.naturalOrder();
    named.forEach(
        (name, value) -> left.put(name, Math.max(0, value - other.named.getOrDefault(name, 0L))));
    return new Resources(
        Math.max(0, milliCores - other.milliCores),
        Math.max(0, memoryBytes - other.memoryBytes),
        named.isEmpty() ? named : left.buildOrThrow());
  }

  private boolean coversNamed(Map.Entry<String, Long> wanted) {
    return named.getOrDefault(wanted.getKey(), 0L) >= wanted.getValue();
  }

  private static void requireNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(
          "The resource %s (%d) must not be negative.".formatted(name, value));
    }
  }
}
