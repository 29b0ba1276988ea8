package io.dormouse.engine.model;

/**
 * What makes instances alike: user, application, category, resources, spec hash, region.
 *
 * @param value 1 to 200 letters, digits and {@code . _ : - /}
 */
public record WorkloadClassId(String value) implements Comparable<WorkloadClassId> {
  /** Checks the value. */
  public WorkloadClassId {
    Identifiers.check("workload class id", value);
  }

  @Override
  public int compareTo(WorkloadClassId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
