package io.dormouse.yarn.warmpool;

import io.dormouse.checkpoint.agentapi.TokenFile;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.Executor;

/** The pool's bearer token, on both sides of a call. Immutable. */
public final class PoolToken extends CallCredentials implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final String header;

  /** Wraps a token. */
  public PoolToken(String token) {
    header = "Bearer " + token;
  }

  /**
   * Reads the token that a private file holds.
   *
   * @throws IOException if it can't be read, or others can read it
   */
  public static PoolToken read(Path file) throws IOException {
    return new PoolToken(TokenFile.read(file));
  }

  @Override
  public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, header);
    applier.apply(headers);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String given = headers.get(AUTHORIZATION);
    if (given == null || !MessageDigest.isEqual(bytes(given), bytes(header))) {
      call.close(
          Status.UNAUTHENTICATED.withDescription("The pool's token is missing or wrong."),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return next.startCall(call, headers);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
