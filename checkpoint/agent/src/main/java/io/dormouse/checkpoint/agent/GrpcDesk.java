package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.AnnounceRequest;
import io.dormouse.checkpoint.agentapi.proto.Inventory;
import io.dormouse.checkpoint.agentapi.proto.NodeAgentGrpc;
import io.dormouse.checkpoint.agentapi.proto.WatchRequest;
import io.dormouse.checkpoint.pki.CallerGuard;
import io.dormouse.checkpoint.pki.PeerName;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** The gRPC side: hands calls on and never waits. */
final class GrpcDesk extends NodeAgentGrpc.NodeAgentImplBase {
  private final Semaphore callsLeft;
  private final Commands commands;
  private final EventBus events;
  private final Supplier<Inventory> inventory;

  /** {@code callsMax}: commands under way or waiting at once. */
  GrpcDesk(Commands commands, EventBus events, Supplier<Inventory> inventory, int callsMax) {
    this.commands = commands;
    this.events = events;
    this.inventory = inventory;
    this.callsLeft = new Semaphore(callsMax);
  }

  @Override
  public void announce(AnnounceRequest request, StreamObserver<AnnounceReply> reply) {
    bounded(request.getCell(), reply, () -> commands.announce(request));
  }

  @Override
  public void execute(AgentCommand command, StreamObserver<AgentResult> reply) {
    bounded(command.getCell(), reply, () -> commands.execute(command));
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<AgentEvent> stream) {
    events.add(
        (ServerCallStreamObserver<AgentEvent>) stream,
        () -> AgentEvent.newBuilder().setInventory(inventory.get()).build());
  }

  private <T> void bounded(
      String cell, StreamObserver<T> reply, Supplier<CompletableFuture<T>> work) {
    PeerName caller = CallerGuard.CALLER.get();
    if (caller == null || !caller.cell().equals(cell)) {
      reply.onError(
          Status.PERMISSION_DENIED
              .withDescription(
                  "The cell (%s) must be that of the caller's certificate.%nMaybe the controller is of another cell."
                      .formatted(cell))
              .asRuntimeException());
      return;
    }
    if (!callsLeft.tryAcquire()) {
      reply.onError(
          Status.RESOURCE_EXHAUSTED
              .withDescription("Too many commands wait. Maybe send fewer at once.")
              .asRuntimeException());
      return;
    }
    var unused =
        work.get()
            .whenComplete(
                (value, error) -> {
                  callsLeft.release();
                  if (error == null) {
                    reply.onNext(value);
                    reply.onCompleted();
                  } else {
                    reply.onError(
                        Status.INTERNAL.withDescription(error.toString()).asRuntimeException());
                  }
                });
  }
}
