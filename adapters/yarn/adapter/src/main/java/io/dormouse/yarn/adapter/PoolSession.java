package io.dormouse.yarn.adapter;

import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.yarn.warmpool.proto.ChargeRequest;
import io.dormouse.yarn.warmpool.proto.CommandKind;
import io.dormouse.yarn.warmpool.proto.CommandRequest;
import io.dormouse.yarn.warmpool.proto.PoolEvent;
import io.dormouse.yarn.warmpool.proto.Reply;
import io.dormouse.yarn.warmpool.proto.WarmPoolGrpc;
import io.dormouse.yarn.warmpool.proto.WatchRequest;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One connection to a warm pool's ApplicationMaster. Thread-safe; no call blocks. */
final class PoolSession implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX = 64 << 20;
  private static final int COMMAND_SECONDS_MAX = 10;
  private static final int CHARGE_SECONDS_MAX = 2;

  /** Who hears of a session; called from its threads. */
  interface Listener {
    void heard(PoolEvent event);

    void broken(Throwable cause);
  }

  private final ManagedChannel channel;
  private final WarmPoolGrpc.WarmPoolStub stub;

  PoolSession(String host, int port, CallCredentials token) {
    channel =
        NettyChannelBuilder.forAddress(host, port)
            .usePlaintext()
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(5, TimeUnit.SECONDS)
            .build();
    stub = WarmPoolGrpc.newStub(channel).withCallCredentials(token);
  }

  /** Watches from now on. */
  void watch(Listener listener) {
    stub.watch(
        WatchRequest.newBuilder().setFromNow(true).build(),
        new StreamObserver<>() {
          @Override
          public void onNext(PoolEvent event) {
            listener.heard(event);
          }

          @Override
          public void onError(Throwable cause) {
            listener.broken(cause);
          }

          @Override
          public void onCompleted() {
            listener.broken(new IllegalStateException("The application ended."));
          }
        });
  }

  /** Says who decides; nobody waits for the answer, since it is said again soon. */
  void charge(Epoch leader, Duration lease, Consumer<String> refused) {
    ChargeRequest request =
        ChargeRequest.newBuilder()
            .setIncarnation(leader.incarnation())
            .setCzxid(leader.czxid())
            .setLeaseMillis(lease.toMillis())
            .build();
    stub.withDeadlineAfter(CHARGE_SECONDS_MAX, TimeUnit.SECONDS)
        .charge(
            request,
            new StreamObserver<>() {
              @Override
              public void onNext(Reply reply) {
                if (!reply.getRefusal().isEmpty()) {
                  refused.accept(reply.getRefusal());
                }
              }

              @Override
              public void onError(Throwable cause) {
                refused.accept(cause.toString());
              }

              @Override
              public void onCompleted() {}
            });
  }

  /** Sends a command. */
  void execute(
      Epoch epoch, SchedulerCommand command, Consumer<Reply> answered, Consumer<Throwable> failed) {
    stub.withDeadlineAfter(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)
        .execute(
            request(epoch, command),
            new StreamObserver<>() {
              @Override
              public void onNext(Reply reply) {
                answered.accept(reply);
              }

              @Override
              public void onError(Throwable cause) {
                failed.accept(cause);
              }

              @Override
              public void onCompleted() {}
            });
  }

  private static CommandRequest request(Epoch epoch, SchedulerCommand command) {
    CommandRequest.Builder request =
        CommandRequest.newBuilder()
            .setIncarnation(epoch.incarnation())
            .setCzxid(epoch.czxid())
            .setRequestId(command.requestId());
    if (command instanceof SchedulerCommand.Start start) {
      return request
          .setKind(CommandKind.START)
          .setWorkloadClass(start.workloadClass().value())
          .build();
    } else if (command instanceof SchedulerCommand.Quiesce quiesce) {
      return on(
          request.setLevel(quiesce.to().name()), CommandKind.QUIESCE, quiesce.instance().value());
    } else if (command instanceof SchedulerCommand.Resume resume) {
      return on(request, CommandKind.RESUME, resume.instance().value());
    } else if (command instanceof SchedulerCommand.Allocate allocate) {
      allocate.near().ifPresent(node -> request.setNear(node.value()));
      return on(request, CommandKind.ALLOCATE, allocate.instance().value());
    } else if (command instanceof SchedulerCommand.Release release) {
      return on(request, CommandKind.RELEASE, release.instance().value());
    } else if (command instanceof SchedulerCommand.Terminate terminate) {
      return on(request, CommandKind.TERMINATE, terminate.instance().value());
    }
    throw new IllegalArgumentException("The command (%s) is unknown here.".formatted(command));
  }

  private static CommandRequest on(
      CommandRequest.Builder request, CommandKind kind, String instance) {
    return request.setKind(kind).setInstance(instance).build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
