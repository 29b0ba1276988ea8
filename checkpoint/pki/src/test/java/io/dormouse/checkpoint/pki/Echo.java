package io.dormouse.checkpoint.pki;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A gRPC service over real connections that says who calls, once or for ever. */
final class Echo implements AutoCloseable {
  private static final MethodDescriptor.Marshaller<String> TEXT = new Text();
  private static final MethodDescriptor<String, String> ONCE = method("Once", false);
  private static final MethodDescriptor<String, String> STREAM = method("Stream", true);

  final Server server;
  volatile @Nullable X509Certificate lastCaller;
  final List<StreamObserver<String>> streams = new CopyOnWriteArrayList<>();

  /** One that serves callers of a role. */
  Echo(TlsIdentity identity, Role callers) throws IOException {
    this(identity.serverContext(), new CallerGuard(identity, callers));
  }

  /** One of a stranger. */
  Echo(SslContext context, ServerInterceptor... guards) throws IOException {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("echo")
            .addMethod(ONCE, ServerCalls.asyncUnaryCall(Echo::once))
            .addMethod(STREAM, ServerCalls.asyncServerStreamingCall(this::stream))
            .build();
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(context)
            .addService(
                ServerInterceptors.intercept(
                    ServerInterceptors.intercept(service, guards), new Serials()))
            .build()
            .start();
  }

  /** Remembers which certificate the last call came with. */
  private final class Serials implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      try {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        lastCaller = (X509Certificate) session.getPeerCertificates()[0];
      } catch (SSLPeerUnverifiedException nobody) {
        lastCaller = null;
      }
      return next.startCall(call, headers);
    }
  }

  private static void once(String text, StreamObserver<String> reply) {
    PeerName caller = CallerGuard.CALLER.get();
    reply.onNext(caller == null ? "anonymous" : caller.uri());
    reply.onCompleted();
  }

  private void stream(String text, StreamObserver<String> reply) {
    reply.onNext("begun");
    streams.add(reply);
  }

  ManagedChannel channel(SslContext context) {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
        .sslContext(context)
        .build();
  }

  /** Who the server says calls, or the status of the failure with all that is behind it. */
  static String call(Channel channel) {
    try {
      return ClientCalls.blockingUnaryCall(
          channel, ONCE, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), "x");
    } catch (StatusRuntimeException refused) {
      return describe(refused.getStatus());
    }
  }

  /** Opens a stream whose elements and failure are heard. */
  static void listen(Channel channel, StreamObserver<String> heard) {
    ClientCalls.asyncServerStreamingCall(channel.newCall(STREAM, CallOptions.DEFAULT), "x", heard);
  }

  private static String describe(Status status) {
    StringBuilder text = new StringBuilder(status.getCode() + ": " + status.getDescription());
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      text.append(" <- ").append(cause);
    }
    return text.toString();
  }

  private static MethodDescriptor<String, String> method(String name, boolean stream) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(
            stream
                ? MethodDescriptor.MethodType.SERVER_STREAMING
                : MethodDescriptor.MethodType.UNARY)
        .setFullMethodName("echo/" + name)
        .setRequestMarshaller(TEXT)
        .setResponseMarshaller(TEXT)
        .build();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
