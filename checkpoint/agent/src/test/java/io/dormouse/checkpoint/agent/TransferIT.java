package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.TwoStores.BYTES;
import static io.dormouse.checkpoint.agent.TwoStores.OWNER;
import static io.dormouse.checkpoint.agent.TwoStores.failure;
import static io.dormouse.checkpoint.agent.TwoStores.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.MoreExecutors;
import io.dormouse.checkpoint.agent.transfer.HandOver;
import io.dormouse.checkpoint.agent.transfer.PeerAddress;
import io.dormouse.checkpoint.agent.transfer.Peers;
import io.dormouse.checkpoint.agent.transfer.Pulls;
import io.dormouse.checkpoint.agent.transfer.TlsPeers;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.Stored;
import io.grpc.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images between the stores of two agents, and networks that break. */
class TransferIT {
  @TempDir Path folder;
  private TwoStores nodes;

  @BeforeEach
  void start() throws IOException {
    nodes = new TwoStores(folder);
    nodes.handOver();
  }

  @AfterEach
  void stop() throws IOException {
    nodes.close();
  }

  @Test
  void anImageComesWithTheRightToWakeIt() throws Exception {
    Pulls.Pulled pulled = ok(nodes.pull());

    assertThat(pulled.bytes()).isBetween((long) BYTES, BYTES * 11L / 10);
    nodes.assertFetched();
    assertThat(nodes.target.show(nodes.id)).isEqualTo(pulled.image());
    assertThat(pulled.image().claimed()).isFalse();
    assertThat(failure(nodes.source.claim(nodes.id, "n1/other")))
        .isInstanceOf(StoreFailure.Claimed.class);
    assertThat(ok(nodes.pull()).bytes()).as("asked again").isZero();
  }

  @Test
  void whatBreaksOffGoesOnWhereItBroke() throws Exception {
    nodes.network.cutAfter(BYTES / 3, 3);

    Pulls.Pulled pulled = ok(nodes.pull());

    assertThat(nodes.network.cuts()).isEqualTo(3);
    assertThat(pulled.bytes()).as("nothing twice").isLessThan(BYTES * 11L / 10);
    nodes.assertFetched();
  }

  /** From the handshake over the description and the pack's frame to its last blocks. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1_500, 5_000, 10_000, 40_000, 1_500_000, 2_990_000, 3_010_000})
  void aConnectionMayBeCutAnywhere(int bytes) throws Exception {
    nodes.network.cutAfter(bytes, 1);

    Stored<Pulls.Pulled> pulled = nodes.pull();

    assertThat(ok(pulled).bytes()).isLessThan(BYTES * 12L / 10);
    nodes.assertFetched();
  }

  @Test
  void theOtherAgentMayBeStartedAnew() throws Exception {
    nodes.network.stallAfter(BYTES / 2);
    CompletableFuture<Stored<Pulls.Pulled>> pull =
        nodes.pulls.pull(nodes.wanted(OWNER, Duration.ofSeconds(40)));
    await().until(nodes.network::isStalled);

    nodes.restartSource();
    nodes.network.heal();

    assertThat(ok(pull.get(60, TimeUnit.SECONDS)).bytes()).isLessThan(BYTES * 12L / 10);
    nodes.assertFetched();
  }

  @Test
  void aNetworkThatStaysDownIsATypedFailureAndTheNextPullGoesOn() throws Exception {
    nodes.network.cutAfter(BYTES / 2, 1);
    nodes.network.refuseAfterCut();
    Stored<Pulls.Pulled> failed = nodes.pull(Duration.ofSeconds(2));

    assertThat(failure(failed)).isInstanceOf(StoreFailure.PeerUnreachable.class);
    nodes.assertNothingIsHere();

    nodes.network.heal();
    ok(nodes.pull());
    nodes.assertFetched();
  }

  @Test
  void aPullThatIsCancelledEnds() throws Exception {
    nodes.network.stallAfter(BYTES / 2);
    CompletableFuture<Stored<Pulls.Pulled>> pull =
        nodes.pulls.pull(nodes.wanted(OWNER, Duration.ofMinutes(5)));
    await().until(nodes.network::isStalled);

    nodes.pulls.cancel(nodes.id).get(20, TimeUnit.SECONDS);

    assertThat(failure(pull.join())).isInstanceOf(StoreFailure.PeerUnreachable.class);
    nodes.assertNothingIsHere();
  }

  @Test
  void aPeerThatStandsStillEndsWithTheDeadline() throws Exception {
    nodes.network.stallAfter(BYTES / 2);

    assertThat(failure(nodes.pull(Duration.ofSeconds(2))))
        .isInstanceOfSatisfying(
            StoreFailure.PeerUnreachable.class, late -> assertThat(late.timedOut()).isTrue());
  }

  @Test
  void anImageThatGoesBackIsNotReadAgain() throws Exception {
    ok(nodes.pull());
    Server other = nodes.serve(nodes.target, nodes.n2, 0);
    try {
      Pulls home = pulls("n1", new TlsPeers(nodes.n1));
      Pulls.Wanted back =
          new Pulls.Wanted(
              nodes.id,
              OWNER,
              new PeerAddress("n2", "127.0.0.1", other.getPort()),
              Duration.ofSeconds(20));
      assertThat(failure(TwoStores.pull(home, back)))
          .as("not handed over")
          .isInstanceOf(StoreFailure.Refused.class);
      assertThat(((Image.Published) nodes.source.show(nodes.id)).claimed()).isTrue();
      ok(HandOver.to("n1", nodes.target, nodes.id));

      assertThat(ok(TwoStores.pull(home, back)).image().claimed()).isFalse();

      assertThat(((Image.Published) nodes.source.show(nodes.id)).claimed()).isFalse();
      assertThat(((Image.Published) nodes.target.show(nodes.id)).claimed()).isTrue();
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void nothingComesWhereTheAgentsShareOneStore() throws Exception {
    Peers nobody = wanted -> new UnusedPeer(wanted.id());
    Pulls sharing = pulls("n2", nobody);

    Pulls.Pulled pulled = ok(TwoStores.pull(sharing, nodes.wanted(OWNER, Duration.ofSeconds(20))));

    assertThat(pulled.bytes()).isZero();
    assertThat(((Image.Published) nodes.source.show(nodes.id)).claimed()).isFalse();
    assertThat(ok(TwoStores.pull(sharing, nodes.wanted(OWNER, Duration.ofSeconds(20)))).bytes())
        .as("again")
        .isZero();
  }

  /** Of another agent on the source's store. */
  private Pulls pulls(String node, Peers peers) {
    return new Pulls(node, nodes.source, peers, MoreExecutors.newDirectExecutorService());
  }
}
