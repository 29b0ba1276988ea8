package io.dormouse.engine.model;

/**
 * Where an instance is between running and gone. Levels are never ordered by their number, only by
 * holding rate and wake cost.
 */
public enum HibernationLevel {
  /** Runs, or could at once. */
  AWAKE,
  /** Frozen, all in RAM. */
  L1_RETAINED,
  /** Data in object storage, process frozen in RAM. */
  L2_DATA_SNAPSHOT,
  /** Whole image in object storage, no RAM. */
  L3_FULL_SNAPSHOT,
  /** CRIU image on fast local storage, lazily restored. */
  L4_KERNEL_SNAPSHOT,
  /** Gone: the next use is a cold start. */
  TERMINATED;

  /** Whether all of it is in an image, its process too. */
  public boolean isImaged() {
    return switch (this) {
      case L3_FULL_SNAPSHOT, L4_KERNEL_SNAPSHOT -> true;
      case AWAKE, L1_RETAINED, L2_DATA_SNAPSHOT, TERMINATED -> false;
    };
  }
}
