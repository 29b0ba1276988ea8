package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The tasks that wait, first come first served per class; bounded. Not thread-safe. */
final class Backlog {
  private final Map<WorkloadClassId, Deque<PoolTask>> queues = new TreeMap<>();
  private final Set<TaskId> unfinished = new HashSet<>();
  private final int max;
  private int size;

  Backlog(int max) {
    this.max = max;
  }

  boolean isFull() {
    return size >= max;
  }

  /** Whether the task was accepted and is neither done nor lost. */
  boolean isUnfinished(TaskId id) {
    return unfinished.contains(id);
  }

  void add(PoolTask task) {
    unfinished.add(task.id());
    queue(task.workloadClass()).addLast(task);
    size++;
  }

  /** Puts a task that was under way before all that wait. */
  void addFirst(PoolTask task) {
    queue(task.workloadClass()).addFirst(task);
    size++;
  }

  Optional<PoolTask> poll(WorkloadClassId workloadClass) {
    PoolTask task = queue(workloadClass).pollFirst();
    if (task != null) {
      size--;
    }
    return Optional.ofNullable(task);
  }

  int size(WorkloadClassId workloadClass) {
    return queue(workloadClass).size();
  }

  void finished(TaskId id) {
    unfinished.remove(id);
  }

  List<PoolTask> all() {
    return queues.values().stream().flatMap(Deque::stream).toList();
  }

  private Deque<PoolTask> queue(WorkloadClassId workloadClass) {
    return queues.computeIfAbsent(workloadClass, id -> new ArrayDeque<>());
  }
}
