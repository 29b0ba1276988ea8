package io.dormouse.engine.spi;

import java.util.Map;

/** Makes the adapter of one kind of scheduler; found by {@link java.util.ServiceLoader}. */
public interface ClusterAdapterFactory {
  /** The name in the configuration: {@code yarn}, {@code slurm}, {@code mesos}. */
  String scheduler();

  /**
   * Makes an adapter.
   *
   * @param settings the adapter's part of the configuration, flattened, as in {@code
   *     rm.address=127.0.0.1:8032}
   * @throws IllegalArgumentException for unknown keys or bad values
   */
  ClusterAdapter create(Map<String, String> settings);
}
