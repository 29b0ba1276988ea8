package io.dormouse.checkpoint.agentapi;

import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.NodeAgentGrpc;
import io.dormouse.checkpoint.agentapi.proto.WatchRequest;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A standing watch on an agent; opens its stream again after a pause that doubles up to a maximum.
 */
public final class Watch implements AutoCloseable {
  private final Supplier<NodeAgentGrpc.NodeAgentStub> stub;
  private final ScheduledExecutorService timer;
  private final AgentClientConfig config;
  private final AgentListener listener;
  private final Context.CancellableContext context = Context.ROOT.withCancellation();

  /** Guarded by this. */
  private Duration pause;

  private volatile boolean closed;

  Watch(
      Supplier<NodeAgentGrpc.NodeAgentStub> stub,
      ScheduledExecutorService timer,
      AgentClientConfig config,
      AgentListener listener) {
    this.stub = stub;
    this.timer = timer;
    this.config = config;
    this.listener = listener;
    this.pause = config.backOffFirst();
  }

  void open() {
    if (!closed) {
      context.run(() -> stub.get().watch(WatchRequest.getDefaultInstance(), new Events()));
    }
  }

  /** Ends the watch; at most one call of the listener may still be under way. */
  @Override
  public void close() {
    closed = true;
    context.cancel(null);
  }

  private synchronized Duration nextPause() {
    Duration current = pause;
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(config.backOffMax()) > 0 ? config.backOffMax() : doubled;
    return current;
  }

  private synchronized void connected() {
    pause = config.backOffFirst();
  }

  private void broken(Status status) {
    if (closed) {
      return;
    }
    listener.disconnected(UnaryCall.describe(status));
    try {
      var unused = timer.schedule(this::open, nextPause().toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException clientIsClosed) {
      closed = true;
    }
  }

  private final class Events implements StreamObserver<AgentEvent> {
    @Override
    public void onNext(AgentEvent event) {
      connected();
      if (!closed) {
        listener.event(event);
      }
    }

    @Override
    public void onError(Throwable error) {
      broken(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
      broken(Status.UNAVAILABLE.withDescription("The agent closed the stream."));
    }
  }
}
