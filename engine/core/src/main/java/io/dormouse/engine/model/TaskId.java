package io.dormouse.engine.model;

/**
 * One piece of work that wants an instance.
 *
 * @param value 1 to 200 letters, digits and {@code . _ : - /}
 */
public record TaskId(String value) implements Comparable<TaskId> {
  /** Checks the value. */
  public TaskId {
    Identifiers.check("task id", value);
  }

  @Override
  public int compareTo(TaskId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
