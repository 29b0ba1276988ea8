package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableSet;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.QueuedTask;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.plan.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The cluster as the engine sees it: what the scheduler reports, overlaid with what only this
 * controller knows (levels, actions under way, measured use, starts that the scheduler has not
 * listed yet). Owned by the state machine.
 */
final class ClusterOverlay {
  private final AgentRegistry agents;
  private final Registry registry;
  private final Executor executor;
  private final TreeMap<InstanceId, Instance> reported = new TreeMap<>();
  private final Map<NodeId, Node> nodes = new LinkedHashMap<>();
  private final Map<WorkloadClassId, WorkloadClass> classes = new LinkedHashMap<>();
  private final Map<TaskId, QueuedTask> queued = new LinkedHashMap<>();
  private final IdleUse idleUse = new IdleUse();
  private final Placeholders placeholders = new Placeholders();
  private final TreeSet<InstanceId> changed = new TreeSet<>();
  private final Set<NodeId> changedNodes = new LinkedHashSet<>();
  private final Set<WorkloadClassId> changedClasses = new LinkedHashSet<>();
  private final Set<TaskId> changedTasks = new LinkedHashSet<>();
  private final List<SnapshotDelta.Arrival> arrivals = new ArrayList<>();
  private OptionalLong pendingBytes = OptionalLong.empty();
  private boolean complete;

  ClusterOverlay(AgentRegistry agents, Registry registry, Executor executor) {
    this.agents = agents;
    this.registry = registry;
    this.executor = executor;
  }

  /** What the engine has to hear. */
  record Update(SnapshotDelta delta, boolean complete) {}

  Optional<Instance> reported(InstanceId id) {
    return Optional.ofNullable(reported.get(id));
  }

  Collection<Instance> reported() {
    return reported.values();
  }

  Collection<Node> nodes() {
    return nodes.values();
  }

  Collection<QueuedTask> queued() {
    return queued.values();
  }

  Optional<WorkloadClass> workloadClass(WorkloadClassId id) {
    return Optional.ofNullable(classes.get(id));
  }

  /** Takes in what the scheduler reported; the instances that it says have ended are returned. */
  List<InstanceId> take(SnapshotDelta delta, boolean whole) {
    Set<InstanceId> before = whole ? ImmutableSet.copyOf(reported.keySet()) : ImmutableSet.of();
    if (whole) {
      forgetAll();
    }
    arrivals.addAll(delta.arrivals());
    if (delta.pendingBytes().isPresent()) {
      pendingBytes = delta.pendingBytes();
    }
    takeNodesAndClasses(delta);
    takeTasks(delta);
    List<InstanceId> ended = takeInstances(delta, before);
    ended.forEach(idleUse::forget);
    if (whole) {
      idleUse.retain(reported.keySet());
    }
    return ended;
  }

  private void takeNodesAndClasses(SnapshotDelta delta) {
    delta.nodes().forEach(node -> nodes.put(node.id(), node));
    delta.nodes().forEach(node -> changedNodes.add(node.id()));
    delta.goneNodes().forEach(nodes::remove);
    changedNodes.addAll(delta.goneNodes());
    delta.classes().forEach(known -> classes.put(known.id(), known));
    delta.classes().forEach(known -> changedClasses.add(known.id()));
  }

  private void takeTasks(SnapshotDelta delta) {
    delta.queued().forEach(task -> queued.put(task.id(), task));
    delta.queued().forEach(task -> changedTasks.add(task.id()));
    delta.dequeued().forEach(queued::remove);
    changedTasks.addAll(delta.dequeued());
  }

  /** What a complete report names again is not new: no start that is expected has come with it. */
  private List<InstanceId> takeInstances(SnapshotDelta delta, Set<InstanceId> before) {
    List<InstanceId> ended = new ArrayList<>();
    for (Instance instance : delta.instances()) {
      if (instance.phase() == InstancePhase.ENDED) {
        reported.remove(instance.id());
        ended.add(instance.id());
      } else if (reported.put(instance.id(), instance) == null && !before.contains(instance.id())) {
        placeholders.replace(instance.workloadClass()).ifPresent(changed::add);
      }
      changed.add(instance.id());
    }
    return ended;
  }

  /** A start is under way that the scheduler does not list yet. */
  void expect(String action, WorkloadClassId workloadClass, Instant now) {
    Resources request =
        workloadClass(workloadClass).map(WorkloadClass::request).orElse(Resources.NONE);
    changed.add(placeholders.expect(action, workloadClass, request, now));
  }

  /** An expected start will not come. */
  void dropPlaceholder(String action) {
    placeholders.drop(action).ifPresent(changed::add);
  }

  /** Expected starts are not waited for any longer. */
  void dropPlaceholdersBefore(Instant limit) {
    changed.addAll(placeholders.dropBefore(limit));
  }

  /** Something that only this controller knows of the instance has changed. */
  void touch(InstanceId id) {
    changed.add(id);
  }

  /** An agent sampled what its instances use. */
  void sampled(NodeId node, Instant now) {
    for (InstanceId id : agents.at(node)) {
      Instance instance = reported.get(id);
      if (instance != null) {
        agents.sighting(id, node).ifPresent(seen -> idleUse.sampled(instance, seen, now));
      }
      changed.add(id);
    }
  }

  /** An action on it may have begun. */
  void touch(Action action) {
    action.subject().ifPresent(changed::add);
  }

  void touchAll() {
    changed.addAll(reported.keySet());
  }

  /** Whether a task waits for which no instance is ready or on its way. */
  boolean hasUnservedTask() {
    Map<WorkloadClassId, Long> waiting = new LinkedHashMap<>();
    queued.values().forEach(task -> waiting.merge(task.workloadClass(), 1L, Long::sum));
    if (waiting.isEmpty()) {
      return false;
    }
    for (Instance instance : reported.values()) {
      InstancePhase phase = effective(instance).phase();
      boolean serves =
          phase == InstancePhase.IDLE
              || phase == InstancePhase.STARTING
              || phase == InstancePhase.WAKING;
      if (serves) {
        waiting.merge(instance.workloadClass(), -1L, Long::sum);
      }
    }
    placeholders
        .all()
        .forEach(placeholder -> waiting.merge(placeholder.workloadClass(), -1L, Long::sum));
    return waiting.values().stream().anyMatch(count -> count > 0);
  }

  /** What changed since the last call. */
  Update drain(Instant now) {
    SnapshotDelta.Builder next = SnapshotDelta.builder(now);
    arrivals.forEach(arrival -> next.arrival(arrival.workloadClass(), arrival.at()));
    if (complete) {
      changedNodes.addAll(nodes.keySet());
      changedClasses.addAll(classes.keySet());
      changedTasks.addAll(queued.keySet());
      changed.addAll(reported.keySet());
      changed.addAll(placeholders.ids());
    }
    changedNodes.forEach(id -> addNode(id, next));
    changedClasses.forEach(id -> workloadClass(id).ifPresent(next::workloadClass));
    changedTasks.forEach(id -> addTask(id, next));
    changed.forEach(id -> next.instance(current(id, now)));
    pendingBytes.ifPresent(next::pendingBytes);
    Update update = new Update(next.build(), complete);
    complete = false;
    List.of(arrivals, changedNodes, changedClasses, changedTasks, changed)
        .forEach(Collection::clear);
    return update;
  }

  private void addNode(NodeId id, SnapshotDelta.Builder next) {
    Optional.ofNullable(nodes.get(id)).ifPresentOrElse(next::node, () -> next.goneNode(id));
  }

  private void addTask(TaskId id, SnapshotDelta.Builder next) {
    Optional.ofNullable(queued.get(id)).ifPresentOrElse(next::queued, () -> next.dequeued(id));
  }

  /** An instance as the engine sees it. */
  Instance effective(Instance instance) {
    Optional<Run> run = executor.of(instance.id());
    Optional<InstanceRecord> record = registry.find(instance.id());
    HibernationLevel level = record.map(InstanceRecord::level).orElse(HibernationLevel.AWAKE);
    if (run.isPresent()) {
      Intent intent = run.get().intent();
      boolean coming = intent.kind() != Kind.HIBERNATE && !run.get().stranded();
      InstancePhase goal = coming ? InstancePhase.WAKING : InstancePhase.HIBERNATING;
      // In rotation still, or again: whatever is done to it, it does not wait for a task.
      boolean busy = instance.phase() == InstancePhase.BUSY;
      return measured(instance, busy ? InstancePhase.BUSY : goal, intent.from());
    }
    if (level == HibernationLevel.AWAKE || level == HibernationLevel.TERMINATED) {
      return measured(instance, instance.phase(), instance.level());
    }
    return measured(instance, InstancePhase.HIBERNATED, level);
  }

  private void forgetAll() {
    complete = true;
    reported.clear();
    nodes.clear();
    queued.clear();
  }

  private Instance current(InstanceId id, Instant now) {
    Instance instance = reported.get(id);
    if (instance != null) {
      return effective(instance);
    }
    return placeholders.find(id).orElseGet(() -> Placeholders.ended(id, now));
  }

  private Instance measured(Instance instance, InstancePhase phase, HibernationLevel level) {
    Optional<Map.Entry<NodeId, AgentRegistry.Sighting>> process = agents.process(instance.id());
    Optional<NodeId> place = process.map(Map.Entry::getKey);
    Optional<AgentRegistry.Sighting> sighting = process.map(Map.Entry::getValue);
    long resident =
        sighting
            .map(seen -> seen.status().getResidentBytes())
            .filter(bytes -> bytes > 0)
            .orElse(instance.residentBytes());
    return new Instance(
        instance.id(),
        instance.workloadClass(),
        instance.node(),
        phase,
        level,
        instance.phaseSince(),
        instance.allocated(),
        resident,
        idleUse.of(instance),
        instance.interruptibility(),
        agents
            .reach()
            .of(
                place,
                level,
                isAgentHeard(instance.id()),
                sighting.flatMap(AgentRegistry.Sighting::noImage).isEmpty()));
  }

  private boolean isAgentHeard(InstanceId id) {
    return registry.find(id).flatMap(InstanceRecord::node).filter(agents::isReady).isPresent();
  }
}
