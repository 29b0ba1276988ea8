package io.dormouse.checkpoint.agentapi;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Turns one call's end into an {@link AgentReply}. */
final class UnaryCall<T> implements StreamObserver<T> {
  private final CompletableFuture<AgentReply<T>> reply = new CompletableFuture<>();

  CompletionStage<AgentReply<T>> reply() {
    return reply.minimalCompletionStage();
  }

  @Override
  public void onNext(T value) {
    reply.complete(new AgentReply.Answered<>(value));
  }

  @Override
  public void onError(Throwable error) {
    Status status = Status.fromThrowable(error);
    boolean begun =
        switch (status.getCode()) {
          case UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED, INVALID_ARGUMENT -> false;
          default -> true;
        };
    reply.complete(new AgentReply.NoAnswer<>(status.getCode().name(), describe(status), begun));
  }

  @Override
  public void onCompleted() {
    reply.complete(
        new AgentReply.NoAnswer<>(
            Status.Code.INTERNAL.name(), "The agent closed the call without an answer.", true));
  }

  static String describe(Status status) {
    String detail = status.getDescription() == null ? "no detail" : status.getDescription();
    Throwable cause = status.getCause();
    return status.getCode()
        + ": "
        + detail
        + (cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")");
  }
}
