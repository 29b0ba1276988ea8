package io.dormouse.engine.model;

/**
 * A set of machines of one kind with one price list.
 *
 * @param value 1 to 200 letters, digits and {@code . _ : - /}
 */
public record PoolId(String value) implements Comparable<PoolId> {
  /** Checks the value. */
  public PoolId {
    Identifiers.check("pool id", value);
  }

  @Override
  public int compareTo(PoolId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
