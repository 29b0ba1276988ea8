package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Does what a pool wants: through YARN's clients, the relays and the event log. */
final class YarnActions implements PoolActions {
  private final YarnContainers containers;
  private final RelayServer relays;
  private final EventLog log;
  private final List<String> launcher;
  private final Function<WorkerClass, LaunchScript.Relay> relay;

  YarnActions(
      YarnContainers containers,
      RelayServer relays,
      EventLog log,
      List<String> launcher,
      Function<WorkerClass, LaunchScript.Relay> relay) {
    this.containers = containers;
    this.relays = relays;
    this.log = log;
    this.launcher = List.copyOf(launcher);
    this.relay = relay;
  }

  @Override
  public void requestContainer(
      InstanceId instance, WorkerClass workerClass, Optional<NodeId> near) {
    containers.request(instance, workerClass, near);
  }

  @Override
  public void cancelRequest(InstanceId instance) {
    containers.cancel(instance);
  }

  @Override
  public void launch(
      InstanceId instance, WorkerClass workerClass, ContainerRef container, boolean attach) {
    List<String> command = attach ? List.of() : workerClass.command();
    containers.launch(
        container, LaunchScript.of(relay.apply(workerClass), instance.value(), launcher, command));
  }

  @Override
  public void releaseContainer(ContainerRef container) {
    containers.release(container);
  }

  @Override
  public void send(long link, String line) {
    relays.send(link, line);
  }

  @Override
  public void closeLink(long link) {
    relays.close(link);
  }

  @Override
  public void changed(InstanceView view) {
    log.append(PoolEvents.of(view));
  }

  @Override
  public void requeued(PoolTask task, Instant at) {
    log.append(PoolEvents.requeued(task, at));
  }

  @Override
  public void happened(WorkloadEvent event) {
    log.append(PoolEvents.of(event));
  }
}
