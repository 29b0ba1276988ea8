package io.dormouse.engine.plan;

import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.InstanceRow;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClass;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Room on healthy nodes, less what instances on their way will take. Reserves on the node with the
 * most free memory, and looks at no more than {@value #TRIES_MAX} nodes: the scheduler places in
 * the end, this only keeps a plan from asking for more than there is. Not thread-safe.
 */
final class FreeCapacity {
  private static final int TRIES_MAX = 64;
  private static final Comparator<Room> MOST_MEMORY_FIRST =
      Comparator.<Room>comparingLong(room -> -room.free.memoryBytes())
          .thenComparing(room -> room.node);

  private final PriorityQueue<Room> rooms = new PriorityQueue<>(MOST_MEMORY_FIRST);

  private record Room(NodeId node, Resources free) {}

  static FreeCapacity of(ClusterSnapshot snapshot) {
    FreeCapacity capacity = new FreeCapacity();
    for (Node node : snapshot.nodes()) {
      if (node.healthy()) {
        capacity.rooms.add(new Room(node.id(), node.capacity().minus(node.allocated())));
      }
    }
    for (InstanceRow row : snapshot.instanceRows()) {
      capacity.reserveIfUnplaced(snapshot, row);
    }
    return capacity;
  }

  /** Takes room on one node; false, and nothing taken, where none has enough. */
  boolean reserve(Resources needs) {
    if (needs.equals(Resources.NONE)) {
      return true;
    }
    List<Room> tried = new ArrayList<>();
    boolean found = false;
    while (!found && tried.size() < TRIES_MAX && hasMemory(needs)) {
      Room room = rooms.remove();
      found = room.free.covers(needs);
      tried.add(found ? new Room(room.node, room.free.minus(needs)) : room);
    }
    rooms.addAll(tried);
    return found;
  }

  /** Whether a node has room; takes nothing. */
  boolean hasRoom(NodeId node, Resources needs) {
    return rooms.stream().anyMatch(room -> room.node.equals(node) && room.free.covers(needs));
  }

  private boolean hasMemory(Resources needs) {
    Room most = rooms.peek();
    return most != null && most.free.memoryBytes() >= needs.memoryBytes();
  }

  private void reserveIfUnplaced(ClusterSnapshot snapshot, InstanceRow row) {
    InstancePhase phase = row.instance().phase();
    boolean onItsWay = phase == InstancePhase.STARTING || phase == InstancePhase.WAKING;
    if (onItsWay && row.instance().allocated().memoryBytes() == 0) {
      snapshot
          .classes()
          .find(row.instance().workloadClass())
          .map(WorkloadClass::request)
          .ifPresent(this::take);
    }
  }

  /** Takes room on one node, else on several: the scheduler will make it whole somewhere. */
  private void take(Resources wanted) {
    Resources rest = wanted;
    while (rest.memoryBytes() > 0 && !reserve(rest) && hasMemory(Resources.of(0, 1))) {
      Room most = rooms.remove();
      rooms.add(new Room(most.node, most.free.minus(rest)));
      rest = rest.minus(most.free);
    }
  }
}
