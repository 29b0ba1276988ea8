package io.dormouse.yarn.plugin;

import java.util.Collections;
import java.util.List;

/**
 * What the ResourceManager knows, as of one beat. Immutable. Rows of one kind are consistent in
 * themselves; the ResourceManager has no lock over all of them, so a container may be seen whose
 * node was read a moment earlier.
 */
final class ClusterView {
  final long takenAtMillis;
  final boolean truncated;
  final List<NodeRow> nodes;
  final List<AppRow> apps;
  final List<String> containers;

  /**
   * @param takenAtMillis milliseconds since 1970
   */
  ClusterView(long takenAtMillis, Rows rows) {
    this.takenAtMillis = takenAtMillis;
    truncated = rows.truncated;
    nodes = Collections.unmodifiableList(rows.nodes);
    apps = Collections.unmodifiableList(rows.apps);
    containers = Collections.unmodifiableList(rows.containers);
  }

  /** Memory in bytes and virtual cores. */
  static final class Amount {
    static final Amount NONE = new Amount(0, 0);
    final long memoryBytes;
    final long vcores;

    Amount(long memoryBytes, long vcores) {
      this.memoryBytes = memoryBytes;
      this.vcores = vcores;
    }
  }

  /** A node; its state as YARN names it. */
  static final class NodeRow {
    final String id;
    final String state;
    final Amount capacity;
    final Amount used;

    NodeRow(String id, String state, Amount capacity, Amount used) {
      this.id = id;
      this.state = state;
      this.capacity = capacity;
      this.used = used;
    }
  }

  /** An application that is not over, and what it asked for and has not got. */
  static final class AppRow {
    final String id;
    final String type;
    final Amount pending;

    AppRow(String id, String type, Amount pending) {
      this.id = id;
      this.type = type;
      this.pending = pending;
    }
  }
}
