package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.api.AMRMClient.ContainerRequest;
import org.apache.hadoop.yarn.client.api.async.AMRMClientAsync;
import org.apache.hadoop.yarn.client.api.async.NMClientAsync;
import org.jspecify.annotations.Nullable;

/**
 * Containers of the pool: which request stands for which instance, and which container came of it.
 * Thread-safe.
 */
final class YarnContainers {
  private static final long BYTES_PER_MEBIBYTE = 1L << 20;
  private static final long MILLI_CORES_PER_CORE = 1_000;

  private final AMRMClientAsync<ContainerRequest> resourceManager;
  private final NMClientAsync nodeManagers;
  private final Map<Long, Pending> pending = new HashMap<>();
  private final Map<String, Container> held = new HashMap<>();
  private long requests;

  YarnContainers(AMRMClientAsync<ContainerRequest> resourceManager, NMClientAsync nodeManagers) {
    this.resourceManager = resourceManager;
    this.nodeManagers = nodeManagers;
  }

  /** {@code near}: YARN waits a little for a place on that host, and then takes any. */
  synchronized void request(InstanceId instance, WorkerClass kind, Optional<NodeId> near) {
    long id = ++requests;
    ContainerRequest.ContainerRequestBuilder builder =
        ContainerRequest.newBuilder()
            .capability(resource(kind))
            .priority(Priority.newInstance(1))
            .allocationRequestId(id);
    near.ifPresent(node -> builder.nodes(new String[] {host(node)}).relaxLocality(true));
    ContainerRequest request = builder.build();
    pending.put(id, new Pending(instance, request));
    resourceManager.addContainerRequest(request);
  }

  /** YARN calls a node host:port, and requests name hosts. */
  static String host(NodeId node) {
    int colon = node.value().lastIndexOf(':');
    return colon < 0 ? node.value() : node.value().substring(0, colon);
  }

  synchronized void cancel(InstanceId instance) {
    pending
        .values()
        .removeIf(
            entry -> {
              boolean found = entry.instance().equals(instance);
              if (found) {
                resourceManager.removeContainerRequest(entry.request());
              }
              return found;
            });
  }

  /** Whose container came; null, and given back, when nobody waits for it any more. */
  synchronized @Nullable InstanceId allocated(Container container) {
    Pending entry = pending.remove(container.getAllocationRequestId());
    if (entry == null) {
      resourceManager.releaseAssignedContainer(container.getId());
      return null;
    }
    resourceManager.removeContainerRequest(entry.request());
    held.put(container.getId().toString(), container);
    return entry.instance();
  }

  synchronized void launch(ContainerRef ref, String command) {
    Container container = held.get(ref.id());
    if (container != null) {
      nodeManagers.startContainerAsync(
          container,
          ContainerLaunchContext.newInstance(
              Map.of(), Map.of(), List.of(command), Map.of(), null, Map.of()));
    }
  }

  synchronized void release(ContainerRef ref) {
    Container container = held.remove(ref.id());
    if (container != null) {
      resourceManager.releaseAssignedContainer(container.getId());
      forget(container);
    }
  }

  synchronized void completed(ContainerId id) {
    Container container = held.remove(id.toString());
    if (container != null) {
      forget(container);
    }
  }

  /** The client remembers each container that it started until it is told to stop it. */
  private void forget(Container container) {
    nodeManagers.stopContainerAsync(container.getId(), container.getNodeId());
  }

  static ContainerRef ref(Container container) {
    Resource resource = container.getResource();
    return new ContainerRef(
        container.getId().toString(),
        container.getNodeId().toString(),
        resource.getMemorySize() * BYTES_PER_MEBIBYTE,
        resource.getVirtualCores() * MILLI_CORES_PER_CORE);
  }

  private static Resource resource(WorkerClass kind) {
    long mebibytes = ceilDiv(kind.request().memoryBytes(), BYTES_PER_MEBIBYTE);
    long cores = ceilDiv(kind.request().milliCores(), MILLI_CORES_PER_CORE);
    return Resource.newInstance(Math.max(1, mebibytes), (int) Math.max(1, cores));
  }

  private static long ceilDiv(long amount, long unit) {
    return (amount + unit - 1) / unit;
  }

  private record Pending(InstanceId instance, ContainerRequest request) {}
}
