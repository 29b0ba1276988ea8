package io.dormouse.yarn.site;

import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.RunningWorkload;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.yarn.warmpool.PoolEvents;
import io.dormouse.yarn.warmpool.proto.PoolEvent;
import io.dormouse.yarn.warmpool.proto.Reply;
import io.dormouse.yarn.warmpool.proto.ShutdownRequest;
import io.dormouse.yarn.warmpool.proto.SubmitRequest;
import io.dormouse.yarn.warmpool.proto.WarmPoolGrpc;
import io.dormouse.yarn.warmpool.proto.WatchRequest;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A warm pool that runs on the site. */
final class DeployedPool implements RunningWorkload {
  private static final Logger LOG = LoggerFactory.getLogger(DeployedPool.class);
  private static final int CALL_SECONDS_MAX = 20;
  private static final Duration END_MAX = Duration.ofSeconds(15);

  private final ApplicationId id;
  private final Applications applications;
  private final ManagedChannel channel;
  private final CallCredentials token;
  private volatile boolean closed;

  DeployedPool(ApplicationReport report, Applications applications, CallCredentials token) {
    this.id = report.getApplicationId();
    this.applications = applications;
    this.token = token;
    channel =
        NettyChannelBuilder.forAddress(report.getHost(), report.getRpcPort())
            .usePlaintext()
            .build();
  }

  @Override
  public String applicationId() {
    return id.toString();
  }

  @Override
  public void submit(TaskId task, WorkloadClassId workloadClass, String argument)
      throws IOException {
    try {
      Reply reply =
          calls()
              .submit(
                  SubmitRequest.newBuilder()
                      .setTask(task.value())
                      .setWorkloadClass(workloadClass.value())
                      .setArgument(argument)
                      .build());
      if (!reply.getRefusal().isEmpty()) {
        throw new IOException("The task (%s) was refused: %s".formatted(task, reply.getRefusal()));
      }
    } catch (StatusRuntimeException e) {
      throw new IOException(
          "The task (%s) can't be handed over.%nMaybe the application (%s) has ended."
              .formatted(task, id),
          e);
    }
  }

  @Override
  public void subscribe(Consumer<WorkloadEvent> events) {
    WarmPoolGrpc.newStub(channel)
        .withCallCredentials(token)
        .watch(
            WatchRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(PoolEvent event) {
                PoolEvents.toWorkloadEvent(event).ifPresent(events);
              }

              @Override
              public void onError(Throwable cause) {
                if (!closed) {
                  LOG.warn("The events of {} broke off: {}", id, cause.toString());
                }
              }

              @Override
              public void onCompleted() {
                LOG.debug("The events of {} are over.", id);
              }
            });
  }

  private WarmPoolGrpc.WarmPoolBlockingStub calls() {
    return WarmPoolGrpc.newBlockingStub(channel)
        .withCallCredentials(token)
        .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    closed = true;
    try {
      end();
    } catch (IOException e) {
      LOG.warn("The application {} may not have ended.", id, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      channel.shutdownNow();
    }
  }

  private void end() throws IOException, InterruptedException {
    try {
      var unused = calls().shutdown(ShutdownRequest.getDefaultInstance());
      Waiting.until(
          "the end of " + id, END_MAX, Duration.ofMillis(50), () -> applications.isOver(id));
    } catch (StatusRuntimeException | IOException e) {
      LOG.warn("The application {} does not end by itself and is killed: {}", id, e.toString());
      applications.kill(id);
    }
  }
}
