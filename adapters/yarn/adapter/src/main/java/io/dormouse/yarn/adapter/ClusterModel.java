package io.dormouse.yarn.adapter;

import com.google.common.math.LongMath;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.PoolId;
import io.dormouse.engine.model.QueuedTask;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.yarn.warmpool.ApplicationMaster;
import io.dormouse.yarn.warmpool.PoolEvents;
import io.dormouse.yarn.warmpool.proto.ClassState;
import io.dormouse.yarn.warmpool.proto.InstanceState;
import io.dormouse.yarn.warmpool.proto.PoolEvent;
import io.dormouse.yarn.warmpool.proto.TaskArrived;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The cluster, made of the plugin's views (nodes, what others wait for) and the warm pool's events
 * (classes, instances, tasks). Pure; not thread-safe.
 */
final class ClusterModel {
  private static final long MILLI_CORES_PER_CORE = 1_000;

  private final PoolId pool;
  private final Map<NodeId, Node> nodes = new TreeMap<>();
  private final Map<WorkloadClassId, ClassRecord> classes = new TreeMap<>();
  private final Map<InstanceId, Instance> instances = new LinkedHashMap<>();
  private final Map<TaskId, QueuedTask> queued = new LinkedHashMap<>();
  private long pendingBytes;

  ClusterModel(PoolId pool) {
    this.pool = pool;
  }

  /** Takes the nodes of a view and what waits for memory; what changed. */
  SnapshotDelta apply(PluginView view) {
    SnapshotDelta.Builder delta = SnapshotDelta.builder(Instant.ofEpochMilli(view.takenAtMillis()));
    for (PluginView.NodeRow row : view.nodes()) {
      Node node = node(row);
      if (!node.equals(nodes.put(node.id(), node))) {
        delta.node(node);
      }
    }
    Set<NodeId> present =
        view.nodes().stream().map(row -> new NodeId(row.id())).collect(Collectors.toSet());
    if (!view.truncated()) {
      nodes.keySet().stream().filter(id -> !present.contains(id)).forEach(delta::goneNode);
      nodes.keySet().retainAll(present);
    }
    long pending = pendingBytes(view);
    if (pending != pendingBytes) {
      pendingBytes = pending;
      delta.pendingBytes(pending);
    }
    return delta.build();
  }

  /** What applications that are no warm pool wait for. */
  private static long pendingBytes(PluginView view) {
    return view.apps().stream()
        .filter(app -> !app.type().equals(ApplicationMaster.APPLICATION_TYPE))
        .mapToLong(app -> Math.max(0, app.pending().memoryBytes()))
        .reduce(0, LongMath::saturatedAdd);
  }

  private Node node(PluginView.NodeRow row) {
    return new Node(
        new NodeId(row.id()),
        pool,
        resources(row.capacity()),
        resources(row.used()),
        row.state().equals("RUNNING"));
  }

  private static Resources resources(PluginView.Amount amount) {
    return Resources.of(amount.vcores() * MILLI_CORES_PER_CORE, amount.memoryBytes());
  }

  /**
   * Takes an event of the pool; what changed. After its whole state this is the whole cluster.
   *
   * @throws IllegalArgumentException when the event is malformed
   */
  SnapshotDelta apply(PoolEvent event) {
    Instant at = PoolEvents.instant(event.getAtMicros());
    SnapshotDelta.Builder delta = SnapshotDelta.builder(at);
    switch (event.getEventCase()) {
      case STATE -> replace(event, delta);
      case INSTANCE -> change(event.getInstance(), delta);
      case ARRIVED -> arrive(event.getArrived(), delta);
      case REQUEUED -> enqueue(event.getRequeued(), delta);
      case STARTED -> dequeue(new TaskId(event.getStarted().getTask()), delta);
      case LOST -> dequeue(new TaskId(event.getLost().getTask()), delta);
      case DONE, PROVED, EVENT_NOT_SET -> {}
    }
    return delta.build();
  }

  private void replace(PoolEvent event, SnapshotDelta.Builder delta) {
    instances.clear();
    queued.clear();
    for (ClassState state : event.getState().getClassesList()) {
      WorkloadClassId id = new WorkloadClassId(state.getId());
      Resources request = Resources.of(state.getMilliCores(), state.getMemoryBytes());
      classes.compute(
          id,
          (key, known) ->
              known == null ? new ClassRecord(key, request) : known.withRequest(request));
    }
    event.getState().getInstancesList().forEach(state -> put(instance(state)));
    for (TaskArrived task : event.getState().getQueuedList()) {
      QueuedTask waiting = queuedTask(task);
      queued.put(waiting.id(), waiting);
    }
    nodes.values().forEach(delta::node);
    delta.pendingBytes(pendingBytes);
    classes.values().forEach(record -> delta.workloadClass(record.view()));
    instances.values().forEach(delta::instance);
    queued.values().forEach(delta::queued);
  }

  private void change(InstanceState state, SnapshotDelta.Builder delta) {
    Instance now = instance(state);
    Instance before = instances.get(now.id());
    put(now);
    delta.instance(now);
    ClassRecord record = classes.get(now.workloadClass());
    if (record != null) {
      record.follow(now, before).ifPresent(delta::workloadClass);
    }
  }

  private void put(Instance instance) {
    if (instance.phase() == InstancePhase.ENDED) {
      instances.remove(instance.id());
    } else {
      instances.put(instance.id(), instance);
    }
  }

  private Instance instance(InstanceState state) {
    WorkloadClassId workloadClass = new WorkloadClassId(state.getWorkloadClass());
    ClassRecord record = classes.get(workloadClass);
    return new Instance(
        new InstanceId(state.getInstance()),
        workloadClass,
        Optional.of(state.getNode()).filter(node -> !node.isEmpty()).map(NodeId::new),
        InstancePhase.valueOf(state.getPhase()),
        HibernationLevel.valueOf(state.getLevel()),
        PoolEvents.instant(state.getSinceMicros()),
        Resources.of(state.getMilliCores(), state.getMemoryBytes()),
        record == null ? state.getMemoryBytes() : record.request().memoryBytes(),
        0,
        Interruptibility.IMMEDIATE);
  }

  private void arrive(TaskArrived task, SnapshotDelta.Builder delta) {
    WorkloadClassId workloadClass = new WorkloadClassId(task.getWorkloadClass());
    Instant at = PoolEvents.instant(task.getAtMicros());
    delta.arrival(workloadClass, at);
    ClassRecord record = classes.get(workloadClass);
    if (record != null) {
      record.arrived(at);
      delta.workloadClass(record.view());
    }
    enqueue(task, delta);
  }

  private void enqueue(TaskArrived task, SnapshotDelta.Builder delta) {
    QueuedTask waiting = queuedTask(task);
    queued.put(waiting.id(), waiting);
    delta.queued(waiting);
  }

  private void dequeue(TaskId task, SnapshotDelta.Builder delta) {
    if (queued.remove(task) != null) {
      delta.dequeued(task);
    }
  }

  private static QueuedTask queuedTask(TaskArrived task) {
    return new QueuedTask(
        new TaskId(task.getTask()),
        new WorkloadClassId(task.getWorkloadClass()),
        PoolEvents.instant(task.getAtMicros()));
  }
}
