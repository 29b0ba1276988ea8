package io.dormouse.yarn.warmpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.yarn.warmpool.proto.ChargeRequest;
import io.dormouse.yarn.warmpool.proto.Reply;
import io.dormouse.yarn.warmpool.proto.SubmitRequest;
import io.dormouse.yarn.warmpool.proto.WarmPoolGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pool's protocol over real gRPC. */
class PoolServiceTest {
  private final FakeCluster cluster = new FakeCluster();
  private final CompletableFuture<Throwable> broken = new CompletableFuture<>();
  private final PoolSpec spec = WarmPoolFixture.spec(true);
  private final PoolLoop loop =
      new PoolLoop(new WarmPool(spec, cluster, cluster), Duration.ofHours(1), broken::complete);
  private Server server;
  private ManagedChannel channel;
  private WarmPoolGrpc.WarmPoolBlockingStub pool;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new PoolService(loop, new EventLog(100), spec, () -> {}))
            .build()
            .start();
    channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()))
            .usePlaintext()
            .build();
    pool = WarmPoolGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    loop.close();
    assertThat(broken).isNotDone();
  }

  private Reply charge(long czxid, Duration lease) {
    return pool.charge(
        ChargeRequest.newBuilder()
            .setIncarnation(1)
            .setCzxid(czxid)
            .setLeaseMillis(lease.toMillis())
            .build());
  }

  private void submit(String task) {
    Reply reply =
        pool.submit(
            SubmitRequest.newBuilder()
                .setTask(task)
                .setWorkloadClass(WarmPoolFixture.KIND.value())
                .build());
    assertThat(reply.getRefusal()).isEmpty();
  }

  private int requests() {
    return loop.ask(owned -> cluster.requests.size()).join();
  }

  @Test
  void whoIsInChargeDecidesUntilItHandsBack() {
    assertThat(charge(7, WarmPoolFixture.LEASE).getRefusal()).isEmpty();
    submit("t1");
    assertThat(requests()).isZero();

    assertThat(charge(7, Duration.ZERO).getRefusal()).isEmpty();

    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void anOlderLeaderAndABadLeaseAreRefused() {
    assertThat(charge(7, Duration.ZERO).getRefusal()).isEmpty();

    assertThat(charge(6, WarmPoolFixture.LEASE).getRefusal()).contains("newer leader");
    assertThat(charge(7, Duration.ofDays(1)).getRefusal()).contains("lease").contains("Maybe ");
    assertThat(charge(-1, WarmPoolFixture.LEASE).getRefusal()).contains("must not be negative");
    submit("t1");
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void aConnectionAloneIsNoCharge() {
    pool.watch(io.dormouse.yarn.warmpool.proto.WatchRequest.newBuilder().setFromNow(true).build())
        .next();

    submit("t1");

    assertThat(requests()).isEqualTo(1);
  }
}
