package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.TwoStores.OWNER;
import static io.dormouse.checkpoint.agent.TwoStores.failure;
import static io.dormouse.checkpoint.agent.TwoStores.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.MoreExecutors;
import io.dormouse.checkpoint.agent.transfer.HandOver;
import io.dormouse.checkpoint.agent.transfer.PeerAddress;
import io.dormouse.checkpoint.agent.transfer.Pulls;
import io.dormouse.checkpoint.agent.transfer.TlsPeers;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.grpc.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may not take which image from another agent's store. */
class TransferRefusalIT {
  @TempDir Path folder;
  private TwoStores nodes;

  @BeforeEach
  void start() throws IOException {
    nodes = new TwoStores(folder);
  }

  @AfterEach
  void stop() throws IOException {
    nodes.close();
  }

  @Test
  void onlyWhatWasHandedOverIsGiven() throws Exception {
    assertRefused(nodes.pull(), "was not handed over to node n2");

    ok(HandOver.to("n3", nodes.source, nodes.id));
    assertRefused(nodes.pull(), "was not handed over to node n2");

    ok(HandOver.undo("n3", nodes.source, nodes.id));
    ok(HandOver.to("n2", nodes.source, nodes.id));
    ok(nodes.pull());
  }

  @Test
  void whatWasTakenBackIsNotGiven() throws Exception {
    nodes.handOver();
    ok(HandOver.undo("n2", nodes.source, nodes.id));

    assertRefused(nodes.pull(), "was not handed over to node n2");
    assertThat(((Image.Published) nodes.source.show(nodes.id)).claimed()).isFalse();
  }

  @Test
  void whatWasWokenIsNeitherHandedOverNorGiven() throws Exception {
    ok(nodes.source.claim(nodes.id, "n1/awake"));

    assertThat(failure(HandOver.to("n2", nodes.source, nodes.id)))
        .isInstanceOf(StoreFailure.Claimed.class);
    assertRefused(nodes.pull(), "was not handed over to node n2");
  }

  @Test
  void whatIsGoneLooksLikeWhatIsNotHandedOver() throws Exception {
    nodes.handOver();
    ok(nodes.source.delete(nodes.id));

    assertRefused(nodes.pull(), "was not handed over to node n2");
  }

  @Test
  void anotherOwnersImageIsRefused() throws Exception {
    nodes.handOver();

    assertRefused(
        TwoStores.pull(nodes.pulls, nodes.wanted(OWNER + 1, Duration.ofSeconds(20))), "uid 1001");
    assertThat(folder.resolve("target/packs")).doesNotExist();
  }

  @Test
  void aControllerMayNotTakeImages() throws Exception {
    nodes.handOver();
    try (TlsIdentity boss = nodes.certificates.controller()) {
      assertRefused(pullAs(boss), "must be of the role agent");
    }
  }

  @Test
  void aNodeMayNotTakeWhatIsAnothers() throws Exception {
    nodes.handOver();
    nodes.certificates.issue(new PeerName(TestCertificates.CELL, Role.AGENT, "n3"));
    try (TlsIdentity n3 = nodes.certificates.identity(Role.AGENT, "n3")) {
      assertRefused(pullAs(n3), "was not handed over to node n3");
    }
  }

  @Test
  void anAgentOfAnotherAuthorityIsNotLetIn() throws Exception {
    nodes.handOver();
    TestCertificates others = new TestCertificates(folder.resolve("others"));
    others.issue(new PeerName(TestCertificates.CELL, Role.AGENT, "n2"));
    try (TlsIdentity stranger = others.identity(Role.AGENT, "n2")) {
      assertThat(failure(pullAs(stranger)))
          .as("the stranger does not trust n1 either, and leaves first")
          .isInstanceOf(StoreFailure.Refused.class);
    }
  }

  @Test
  void anImageIsNotTakenFromWhoOnlySitsAtTheAddress() throws Exception {
    nodes.handOver();
    nodes.certificates.issue(new PeerName(TestCertificates.CELL, Role.AGENT, "n3"));
    try (TlsIdentity n3 = nodes.certificates.identity(Role.AGENT, "n3")) {
      Server impostor = nodes.serve(nodes.source, n3, 0);
      try {
        Pulls.Wanted wanted =
            new Pulls.Wanted(
                nodes.id,
                OWNER,
                new PeerAddress("n1", "127.0.0.1", impostor.getPort()),
                Duration.ofSeconds(20));

        assertRefused(TwoStores.pull(nodes.pulls, wanted), "n1");
      } finally {
        impostor.shutdownNow();
      }
    }
  }

  @Test
  void aPackThatIsDamagedThereIsNotTaken() throws Exception {
    nodes.handOver();
    Path pack = nodes.packOfSource();
    byte[] bytes = Files.readAllBytes(pack);
    bytes[bytes.length / 2] ^= 1;
    Files.write(pack, bytes);

    assertThat(failure(nodes.pull())).isInstanceOf(StoreFailure.BadOffer.class);

    nodes.assertNothingIsHere();
  }

  private Stored<Pulls.Pulled> pullAs(TlsIdentity identity) throws Exception {
    Pulls pulls =
        new Pulls(
            "n2", nodes.target, new TlsPeers(identity), MoreExecutors.newDirectExecutorService());
    return TwoStores.pull(pulls, nodes.wanted(OWNER, Duration.ofSeconds(20)));
  }

  private void assertRefused(Stored<Pulls.Pulled> pulled, String why) throws IOException {
    assertThat(failure(pulled))
        .isInstanceOfSatisfying(
            StoreFailure.Refused.class, refused -> assertThat(refused.message()).contains(why));
    nodes.assertNothingIsHere();
  }
}
