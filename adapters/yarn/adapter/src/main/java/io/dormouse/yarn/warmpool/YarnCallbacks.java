package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.InstanceId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.UpdatedContainer;
import org.apache.hadoop.yarn.client.api.async.AMRMClientAsync;
import org.apache.hadoop.yarn.client.api.async.NMClientAsync;

/** Turns what YARN's clients call back into inputs of the pool. */
final class YarnCallbacks {
  private static final int DIAGNOSTICS_LENGTH_MAX = 500;
  private static final int LAUNCH_FAILED = -1;

  private YarnCallbacks() {}

  /** Calls of the ResourceManager's client. */
  static final class ResourceManagerSide extends AMRMClientAsync.AbstractCallbackHandler {
    private final Wiring wiring;
    private final Consumer<String> ended;

    /**
     * Handles calls.
     *
     * @param ended told why, when YARN ends the application
     */
    ResourceManagerSide(Wiring wiring, Consumer<String> ended) {
      this.wiring = wiring;
      this.ended = ended;
    }

    @Override
    public void onContainersAllocated(List<Container> containers) {
      for (Container container : containers) {
        InstanceId instance = wiring.containers().allocated(container);
        if (instance != null) {
          ContainerRef ref = YarnContainers.ref(container);
          wiring.loop().tell(pool -> pool.containerAllocated(instance, ref));
        }
      }
    }

    @Override
    public void onContainersCompleted(List<ContainerStatus> statuses) {
      for (ContainerStatus status : statuses) {
        wiring.containers().completed(status.getContainerId());
        String diagnostics = shorten(status.getDiagnostics());
        wiring
            .loop()
            .tell(
                pool ->
                    pool.containerCompleted(
                        status.getContainerId().toString(), status.getExitStatus(), diagnostics));
      }
    }

    @Override
    public void onContainersUpdated(List<UpdatedContainer> containers) {}

    @Override
    public void onNodesUpdated(List<NodeReport> updatedNodes) {}

    @Override
    public void onShutdownRequest() {
      ended.accept("The ResourceManager asked for it.");
    }

    @Override
    public void onError(Throwable error) {
      ended.accept("The ResourceManager can't be reached: " + error);
    }

    @Override
    public float getProgress() {
      return 0;
    }
  }

  /** Calls of the NodeManagers' client. */
  static final class NodeManagerSide extends NMClientAsync.AbstractCallbackHandler {
    private final Wiring wiring;

    NodeManagerSide(Wiring wiring) {
      this.wiring = wiring;
    }

    @Override
    public void onStartContainerError(ContainerId id, Throwable error) {
      String reason = shorten(String.valueOf(error));
      wiring.loop().tell(pool -> pool.containerCompleted(id.toString(), LAUNCH_FAILED, reason));
      wiring.containers().release(new ContainerRef(id.toString(), "", 0, 0));
    }

    @Override
    public void onContainerStarted(ContainerId id, Map<String, ByteBuffer> responses) {}

    @Override
    public void onContainerStatusReceived(ContainerId id, ContainerStatus status) {}

    @Override
    public void onContainerStopped(ContainerId id) {}

    @Override
    public void onContainerResourceUpdated(ContainerId id, Resource resource) {}

    @Override
    @Deprecated
    public void onContainerResourceIncreased(ContainerId id, Resource resource) {}

    @Override
    @Deprecated
    public void onIncreaseContainerResourceError(ContainerId id, Throwable error) {}

    @Override
    public void onUpdateContainerResourceError(ContainerId id, Throwable error) {}

    @Override
    public void onGetContainerStatusError(ContainerId id, Throwable error) {}

    @Override
    public void onStopContainerError(ContainerId id, Throwable error) {}
  }

  /** What the callbacks reach, known only after the clients are made. */
  interface Wiring {
    YarnContainers containers();

    PoolLoop loop();
  }

  private static String shorten(String text) {
    String line = text.replace('\n', ' ').strip();
    return line.length() > DIAGNOSTICS_LENGTH_MAX
        ? line.substring(0, DIAGNOSTICS_LENGTH_MAX) + "…"
        : line;
  }
}
