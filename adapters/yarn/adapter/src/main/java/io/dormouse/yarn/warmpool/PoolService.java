package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.yarn.warmpool.proto.ChargeRequest;
import io.dormouse.yarn.warmpool.proto.CommandRequest;
import io.dormouse.yarn.warmpool.proto.PoolEvent;
import io.dormouse.yarn.warmpool.proto.Reply;
import io.dormouse.yarn.warmpool.proto.ShutdownRequest;
import io.dormouse.yarn.warmpool.proto.SubmitRequest;
import io.dormouse.yarn.warmpool.proto.WarmPoolGrpc;
import io.dormouse.yarn.warmpool.proto.WatchRequest;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The pool's protocol. Thread-safe; no call blocks. */
final class PoolService extends WarmPoolGrpc.WarmPoolImplBase {
  private final PoolLoop loop;
  private final EventLog log;
  private final PoolSpec spec;
  private final Runnable shutdown;

  PoolService(PoolLoop loop, EventLog log, PoolSpec spec, Runnable shutdown) {
    this.loop = loop;
    this.log = log;
    this.spec = spec;
    this.shutdown = shutdown;
  }

  @Override
  public void submit(SubmitRequest request, StreamObserver<Reply> observer) {
    try {
      TaskId task = new TaskId(request.getTask());
      WorkloadClassId workloadClass = new WorkloadClassId(request.getWorkloadClass());
      answer(loop.ask(pool -> pool.submit(task, workloadClass, request.getArgument())), observer);
    } catch (IllegalArgumentException e) {
      refuse(observer, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void execute(CommandRequest request, StreamObserver<Reply> observer) {
    try {
      PoolCommand command =
          new PoolCommand(
              new Epoch(request.getIncarnation(), request.getCzxid()), command(request));
      answer(loop.ask(pool -> pool.execute(command)), observer);
    } catch (IllegalArgumentException e) {
      refuse(observer, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void charge(ChargeRequest request, StreamObserver<Reply> observer) {
    try {
      Epoch leader = new Epoch(request.getIncarnation(), request.getCzxid());
      Duration lease = Duration.ofMillis(request.getLeaseMillis());
      answer(loop.ask(pool -> pool.charge(leader, lease)), observer);
    } catch (IllegalArgumentException e) {
      refuse(observer, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<PoolEvent> observer) {
    ServerCallStreamObserver<PoolEvent> watcher = (ServerCallStreamObserver<PoolEvent>) observer;
    CompletableFuture<EventPump> pump = new CompletableFuture<>();
    watcher.setOnReadyHandler(
        () -> {
          var unused = pump.thenAccept(EventPump::run);
        });
    watcher.setOnCancelHandler(
        () -> {
          var unused = pump.thenAccept(EventPump::close);
        });
    loop.tell(pool -> pump.complete(begin(pool, request, watcher)));
  }

  private EventPump begin(
      WarmPool pool, WatchRequest request, ServerCallStreamObserver<PoolEvent> watcher) {
    if (request.getFromNow()) {
      watcher.onNext(PoolEvents.state(pool, spec, pool.now()));
    }
    EventPump pump = new EventPump(log, watcher, request.getFromNow() ? log.end() : 0);
    log.listen(pump);
    pump.run();
    return pump;
  }

  @Override
  public void shutdown(ShutdownRequest request, StreamObserver<Reply> observer) {
    observer.onNext(Reply.getDefaultInstance());
    observer.onCompleted();
    shutdown.run();
  }

  private static SchedulerCommand command(CommandRequest request) {
    String id = request.getRequestId();
    if (id.isEmpty() || id.length() > 200) {
      throw new IllegalArgumentException("The request id must be 1 to 200 characters.");
    }
    return switch (request.getKind()) {
      case QUIESCE ->
          new SchedulerCommand.Quiesce(
              id,
              new InstanceId(request.getInstance()),
              HibernationLevel.valueOf(request.getLevel()));
      case RESUME -> new SchedulerCommand.Resume(id, new InstanceId(request.getInstance()));
      case ALLOCATE ->
          new SchedulerCommand.Allocate(
              id,
              new InstanceId(request.getInstance()),
              Optional.of(request.getNear()).filter(node -> !node.isEmpty()).map(NodeId::new));
      case RELEASE -> new SchedulerCommand.Release(id, new InstanceId(request.getInstance()));
      case TERMINATE -> new SchedulerCommand.Terminate(id, new InstanceId(request.getInstance()));
      case START -> new SchedulerCommand.Start(id, new WorkloadClassId(request.getWorkloadClass()));
      case COMMAND_KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("The command is unknown here.");
    };
  }

  private static void answer(
      CompletableFuture<PoolCommand.Outcome> outcome, StreamObserver<Reply> observer) {
    var unused =
        outcome.whenComplete(
            (result, error) -> {
              if (error != null) {
                observer.onError(Status.INTERNAL.withCause(error).asRuntimeException());
              } else if (result instanceof PoolCommand.Outcome.Refused refused) {
                refuse(observer, refused.reason());
              } else {
                observer.onNext(Reply.getDefaultInstance());
                observer.onCompleted();
              }
            });
  }

  private static void refuse(StreamObserver<Reply> observer, String reason) {
    observer.onNext(Reply.newBuilder().setRefusal(reason).build());
    observer.onCompleted();
  }
}
