package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A pool's world in virtual time: records what the pool does, and holds what it should hold. */
final class FakeCluster implements PoolActions, InstantSource {
  final Map<InstanceId, WorkerClass> requests = new LinkedHashMap<>();

  /** Where instances would rather be. */
  final Map<InstanceId, NodeId> wishes = new LinkedHashMap<>();

  final Map<String, InstanceId> containers = new LinkedHashMap<>();
  final Map<Long, InstanceId> links = new LinkedHashMap<>();
  final Map<InstanceId, InstanceView> views = new LinkedHashMap<>();
  final List<String> sent = new ArrayList<>();
  final List<WorkloadEvent> events = new ArrayList<>();
  final Map<InstanceId, Boolean> attached = new HashMap<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private long numbers;

  @Override
  public Instant instant() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  /** Gives the oldest request a container. */
  InstanceId allocate(WarmPool pool) {
    InstanceId instance = requests.keySet().iterator().next();
    requests.remove(instance);
    String id = "c" + ++numbers;
    containers.put(id, instance);
    pool.containerAllocated(instance, new ContainerRef(id, "node:1", 100, 1_000));
    return instance;
  }

  long connect(WarmPool pool, InstanceId instance) {
    long link = ++numbers;
    links.put(link, instance);
    pool.workerConnected(instance, link);
    return link;
  }

  void say(WarmPool pool, long link, String line) {
    Optional.ofNullable(links.get(link))
        .ifPresent(instance -> pool.workerSaid(instance, link, WorkerLine.parse(line)));
  }

  String containerOf(InstanceId instance) {
    return containers.entrySet().stream()
        .filter(entry -> entry.getValue().equals(instance))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  void complete(WarmPool pool, InstanceId instance, int exitCode) {
    String id = containerOf(instance);
    containers.remove(id);
    links.values().removeIf(instance::equals);
    pool.containerCompleted(id, exitCode, "test");
  }

  InstanceView view(InstanceId instance) {
    return Objects.requireNonNull(views.get(instance));
  }

  InstancePhase phase(InstanceId instance) {
    return view(instance).phase();
  }

  <T extends WorkloadEvent> List<T> of(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public void requestContainer(
      InstanceId instance, WorkerClass workerClass, Optional<NodeId> near) {
    requests.put(instance, workerClass);
    near.ifPresent(node -> wishes.put(instance, node));
  }

  @Override
  public void cancelRequest(InstanceId instance) {
    requests.remove(instance);
  }

  @Override
  public void launch(
      InstanceId instance, WorkerClass workerClass, ContainerRef container, boolean attach) {
    attached.put(instance, attach);
  }

  @Override
  public void releaseContainer(ContainerRef container) {
    containers.remove(container.id());
  }

  @Override
  public void send(long link, String line) {
    sent.add(link + " " + line);
  }

  @Override
  public void closeLink(long link) {
    links.remove(link);
  }

  @Override
  public void changed(InstanceView view) {
    views.put(view.id(), view);
  }

  @Override
  public void requeued(PoolTask task, Instant at) {
    sent.add("requeued " + task.id());
  }

  @Override
  public void happened(WorkloadEvent event) {
    events.add(event);
  }
}
