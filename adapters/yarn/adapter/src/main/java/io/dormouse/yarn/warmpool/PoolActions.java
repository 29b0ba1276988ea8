package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import java.time.Instant;
import java.util.Optional;

/** What a pool does to the world. None of these blocks or throws; results come back as inputs. */
public interface PoolActions {
  /** Asks YARN for a container. {@code near}: where it would best be; elsewhere will do. */
  void requestContainer(InstanceId instance, WorkerClass workerClass, Optional<NodeId> near);

  /** Takes the request back; a container that comes nevertheless is given back unused. */
  void cancelRequest(InstanceId instance);

  /**
   * Starts the launcher in a container.
   *
   * @param attach whether it waits for the instance's image instead of starting a worker
   */
  void launch(InstanceId instance, WorkerClass workerClass, ContainerRef container, boolean attach);

  /** Gives a container back; YARN ends what runs in it. */
  void releaseContainer(ContainerRef container);

  /** Sends a line to a worker. */
  void send(long link, String line);

  /** Closes a worker's relay. */
  void closeLink(long link);

  /** An instance changed. */
  void changed(InstanceView view);

  /** A task whose worker ended waits again. */
  void requeued(PoolTask task, Instant at);

  /** Something happened to a task, or a state was proved. */
  void happened(WorkloadEvent event);
}
