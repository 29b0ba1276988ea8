package io.dormouse.engine.hibernation;

import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.Node;

/**
 * The shadow price of memory: its price times a factor that rises from 1 as memory becomes short,
 * so that idle instances sink sooner. A moving price voids the competitive bound of {@link
 * LowerEnvelope}, which is for constant ones.
 */
public final class MemoryPressure {
  /** The most that memory can cost, times its price. */
  public static final double FACTOR_MAX = 64;

  private static final double BEGINS_AT = 0.8;
  private static final double FACTOR_WHEN_FULL = 4;

  private MemoryPressure() {}

  /** The factor for a cluster: healthy nodes, and what others wait for. */
  public static double factor(ClusterSnapshot snapshot) {
    double capacity = 0;
    double allocated = 0;
    for (Node node : snapshot.nodes()) {
      if (node.healthy()) {
        capacity += node.capacity().memoryBytes();
        allocated += node.allocated().memoryBytes();
      }
    }
    return capacity == 0 ? 1 : factor((allocated + snapshot.pendingBytes()) / capacity);
  }

  /**
   * The factor at a demand for memory: 1 up to 0.8 of the capacity, 4 where it is full, beyond that
   * by the same parabola up to {@link #FACTOR_MAX}.
   */
  static double factor(double demandOverCapacity) {
    double beyond = Math.max(0, (demandOverCapacity - BEGINS_AT) / (1 - BEGINS_AT));
    return Math.min(FACTOR_MAX, 1 + (FACTOR_WHEN_FULL - 1) * beyond * beyond);
  }
}
