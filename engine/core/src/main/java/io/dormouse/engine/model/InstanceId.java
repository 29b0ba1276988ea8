package io.dormouse.engine.model;

/**
 * The lineage key of an instance: stays the same over hibernations, wakes and moves.
 *
 * @param value 1 to 200 letters, digits and {@code . _ : - /}
 */
public record InstanceId(String value) implements Comparable<InstanceId> {
  /** Checks the value. */
  public InstanceId {
    Identifiers.check("instance id", value);
  }

  @Override
  public int compareTo(InstanceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
