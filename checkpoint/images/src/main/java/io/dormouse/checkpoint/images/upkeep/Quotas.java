package io.dormouse.checkpoint.images.upkeep;

import java.util.Map;
import java.util.OptionalLong;

/**
 * How many bytes an owner's images may take in the store, compressed and without what they share.
 *
 * @param eachBytes for owners that have none of their own; empty = no limit
 * @param byOwner by uid; they come before {@code eachBytes}
 */
public record Quotas(OptionalLong eachBytes, Map<Long, Long> byOwner) {
  /** No limits. */
  public static final Quotas NONE = new Quotas(OptionalLong.empty(), Map.of());

  /** Copies the map and checks the sizes. */
  public Quotas {
    byOwner = Map.copyOf(byOwner);
    if (eachBytes.isPresent()) {
      requirePositive(eachBytes.getAsLong(), "each owner");
    }
    byOwner.forEach((uid, bytes) -> requirePositive(bytes, "uid " + uid));
  }

  private static void requirePositive(long bytes, String whose) {
    if (bytes < 1) {
      throw new IllegalArgumentException(
          "The quota (%d bytes) of %s must be positive.%nMaybe leave it out: then there is no limit."
              .formatted(bytes, whose));
    }
  }

  /** The quota of an owner; empty = no limit. */
  public OptionalLong of(long ownerUid) {
    Long own = byOwner.get(ownerUid);
    return own == null ? eachBytes : OptionalLong.of(own);
  }
}
