package io.dormouse.checkpoint.agentapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.AnnounceRequest;
import io.dormouse.checkpoint.agentapi.proto.NodeAgentGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BearerTokenTest {
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Service())
            .intercept(new BearerToken("0123456789abcdef"))
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void letsInWhoKnowsIt() {
    assertThat(announce(new BearerToken("0123456789abcdef"))).isNotNull();
  }

  @Test
  void letsNobodyElseIn() {
    assertThatThrownBy(() -> announce(new BearerToken("another")))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refused ->
                assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
    assertThatThrownBy(() -> NodeAgentGrpc.newBlockingStub(channel).announce(request()))
        .hasMessageContaining("The bearer token is missing or wrong");
  }

  private AnnounceReply announce(BearerToken token) {
    return NodeAgentGrpc.newBlockingStub(channel).withCallCredentials(token).announce(request());
  }

  private static AnnounceRequest request() {
    return AnnounceRequest.getDefaultInstance();
  }

  private static final class Service extends NodeAgentGrpc.NodeAgentImplBase {
    @Override
    public void announce(AnnounceRequest request, StreamObserver<AnnounceReply> reply) {
      reply.onNext(AnnounceReply.getDefaultInstance());
      reply.onCompleted();
    }
  }
}
