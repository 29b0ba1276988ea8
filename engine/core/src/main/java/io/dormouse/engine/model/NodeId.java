package io.dormouse.engine.model;

/**
 * A machine, by the name its scheduler knows it by.
 *
 * @param value 1 to 200 letters, digits and {@code . _ : - /}
 */
public record NodeId(String value) implements Comparable<NodeId> {
  /** Checks the value. */
  public NodeId {
    Identifiers.check("node id", value);
  }

  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
