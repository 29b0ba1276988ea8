package io.dormouse.checkpoint.agentapi;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Turns one call's end into an {@link AgentReply}. */
final class UnaryCall<T> implements StreamObserver<T> {
  private static final int CAUSES_MAX = 16;
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
    String cause = rootCause(status.getCause());
    return status.getCode() + ": " + detail + (cause.isEmpty() ? "" : " (" + cause + ")");
  }

  /** A refused certificate is several causes deep, and only the last says why. */
  private static String rootCause(@Nullable Throwable cause) {
    String message = "";
    Throwable next = cause;
    for (int depth = 0; next != null && depth < CAUSES_MAX; depth++) {
      message = next.getMessage() == null ? message : next.getMessage();
      next = next.getCause();
    }
    return message;
  }
}
