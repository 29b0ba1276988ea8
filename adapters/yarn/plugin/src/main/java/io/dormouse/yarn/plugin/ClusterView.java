package io.dormouse.yarn.plugin;

import java.util.Collections;
import java.util.List;

/**
 * What the ResourceManager knows, as of one beat. Immutable. Rows of one kind are consistent in
 * themselves; the ResourceManager has no lock over all of them, so a container may be seen whose
 * node was read a moment earlier.
 */
final class ClusterView {
  final long clusterStartedMillis;
  final long sequence;
  final long takenAtMillis;
  final boolean truncated;
  final List<NodeRow> nodes;
  final List<AppRow> apps;
  final List<ContainerRow> containers;
  final List<QueueRow> queues;

  ClusterView(Head head, Rows rows) {
    clusterStartedMillis = head.clusterStartedMillis;
    sequence = head.sequence;
    takenAtMillis = head.takenAtMillis;
    truncated = rows.truncated;
    nodes = Collections.unmodifiableList(rows.nodes);
    apps = Collections.unmodifiableList(rows.apps);
    containers = Collections.unmodifiableList(rows.containers);
    queues = Collections.unmodifiableList(rows.queues);
  }

  /** Which view this is; times in milliseconds since 1970. */
  static final class Head {
    final long clusterStartedMillis;
    final long sequence;
    final long takenAtMillis;

    Head(long clusterStartedMillis, long sequence, long takenAtMillis) {
      this.clusterStartedMillis = clusterStartedMillis;
      this.sequence = sequence;
      this.takenAtMillis = takenAtMillis;
    }
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

  static final class AppRow {
    final String id;
    final String type;
    final String user;
    final String queue;
    final String state;
    final Amount pending;

    AppRow(String id, String[] typeUserQueueState, Amount pending) {
      this.id = id;
      this.type = typeUserQueueState[0];
      this.user = typeUserQueueState[1];
      this.queue = typeUserQueueState[2];
      this.state = typeUserQueueState[3];
      this.pending = pending;
    }
  }

  static final class ContainerRow {
    final String id;
    final String node;
    final String state;
    final boolean master;
    final int priority;
    final Amount allocated;

    ContainerRow(String[] idNodeState, boolean master, int priority, Amount allocated) {
      this.id = idNodeState[0];
      this.node = idNodeState[1];
      this.state = idNodeState[2];
      this.master = master;
      this.priority = priority;
      this.allocated = allocated;
    }
  }

  static final class QueueRow {
    final String name;
    final Amount pending;
    final long pendingContainers;

    QueueRow(String name, Amount pending, long pendingContainers) {
      this.name = name;
      this.pending = pending;
      this.pendingContainers = pendingContainers;
    }
  }
}
