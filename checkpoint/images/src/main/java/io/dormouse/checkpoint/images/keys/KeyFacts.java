package io.dormouse.checkpoint.images.keys;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a key directory holds, without any key.
 *
 * @param master the id of the master key that wraps
 * @param older ids of those that still unwrap: a rotation has not ended
 * @param retired ids of those that are gone
 */
public record KeyFacts(
    Path directory, String master, List<String> older, List<String> retired, List<Domain> domains) {
  /** Copies the lists. */
  public KeyFacts {
    older = List.copyOf(older);
    retired = List.copyOf(retired);
    domains = List.copyOf(domains);
  }

  /**
   * A dedup domain's secret.
   *
   * @param name {@code uid-1000}
   * @param master the id of what it is wrapped under; empty if it can't be read
   * @param trouble why it can't, for people
   */
  public record Domain(String name, Optional<String> master, String trouble) {}

  /** Whether a rotation has begun and not ended. */
  public boolean isRotating() {
    return !older.isEmpty();
  }
}
