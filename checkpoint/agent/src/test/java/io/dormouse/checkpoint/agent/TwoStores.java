package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agent.transfer.HandOver;
import io.dormouse.checkpoint.agent.transfer.PeerAddress;
import io.dormouse.checkpoint.agent.transfer.Pulls;
import io.dormouse.checkpoint.agent.transfer.TlsPeers;
import io.dormouse.checkpoint.agent.transfer.TransferDesk;
import io.dormouse.checkpoint.agentapi.proto.NodeAgentGrpc.NodeAgentImplBase;
import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Fetched;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.grpc.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Two nodes with a store each and the same keys, over TLS: n1 has an image, n2 takes it. */
final class TwoStores implements AutoCloseable {
  static final int OWNER = 1_000;
  static final int BYTES = 3_000_000;

  final ImageId id = new ImageId("worker-1", UUID.randomUUID());
  final TestCertificates certificates;
  final TlsIdentity n1;
  final TlsIdentity n2;
  final ImageStore source;
  final ImageStore target;
  final CuttingProxy network;
  final Pulls pulls;
  private final Path folder;
  private final ExecutorService readers = Executors.newFixedThreadPool(2);
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private Server server;

  /** Nothing is handed over yet. */
  TwoStores(Path folder) throws IOException {
    this.folder = folder;
    certificates = new TestCertificates(folder);
    certificates.issue(new PeerName(TestCertificates.CELL, Role.AGENT, "n2"));
    n1 = certificates.identity(Role.AGENT, "n1");
    n2 = certificates.identity(Role.AGENT, "n2");
    source = open("source");
    publish(source, id);
    copyTree(folder.resolve("source/keys"), folder.resolve("target/keys"));
    target = open("target");
    server = serve(source, n1, 0);
    network = new CuttingProxy(server.getPort());
    pulls = new Pulls("n2", target, new TlsPeers(n2), threads);
  }

  /** What a node's agent says to other agents. */
  Server serve(ImageStore store, TlsIdentity identity, int port) throws IOException {
    return AgentThreads.grpc(
        new NodeAgentImplBase() {},
        new TransferDesk(store, readers),
        identity,
        new AgentConfig.Listen("127.0.0.1", port, Optional.empty()));
  }

  /** The agent of n1 ends, with all connections, and is back at once. */
  void restartSource() throws IOException, InterruptedException {
    int port = server.getPort();
    server.shutdownNow();
    assertThat(server.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    server = serve(source, n1, port);
  }

  void handOver() {
    ok(HandOver.to("n2", source, id));
  }

  Pulls.Wanted wanted(long owner, Duration deadline) {
    return new Pulls.Wanted(
        id, owner, new PeerAddress("n1", "127.0.0.1", network.port()), deadline);
  }

  Stored<Pulls.Pulled> pull() throws Exception {
    return pull(pulls, wanted(OWNER, Duration.ofSeconds(40)));
  }

  Stored<Pulls.Pulled> pull(Duration deadline) throws Exception {
    return pull(pulls, wanted(OWNER, deadline));
  }

  static Stored<Pulls.Pulled> pull(Pulls pulls, Pulls.Wanted wanted) throws Exception {
    return pulls.pull(wanted).get(60, TimeUnit.SECONDS);
  }

  /** Nothing of it is in the target's store, finished or not. */
  void assertNothingIsHere() throws IOException {
    assertThat(target.show(id)).isInstanceOf(Image.Missing.class);
    assertThat(folder.resolve("target/uploads")).satisfies(TwoStores::isEmpty);
  }

  private static void isEmpty(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        assertThat(files.filter(Files::isRegularFile)).isEmpty();
      }
    }
  }

  void assertFetched() throws IOException {
    Fetched fetched = target.fetch(id);
    assertThat(fetched.copy().directory().resolve("pages-1.img")).hasBinaryContent(pages());
    ok(target.discard(fetched.copy()));
  }

  Path packOfSource() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("source/packs"))) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  ImageStore open(String name) {
    return ok(ImageStore.open(folder.resolve(name).toUri(), InstantSource.system()));
  }

  private static byte[] pages() {
    byte[] pages = new byte[BYTES];
    new Random(1).nextBytes(pages);
    return pages;
  }

  private static void publish(ImageStore store, ImageId id) throws IOException {
    StagedImage staged = ok(store.stage(ExpectedImage.of(id, OWNER)));
    Files.write(staged.directory().resolve("pages-1.img"), pages());
    ok(
        store.publish(
            staged,
            new ImageMetadata(
                id,
                Optional.empty(),
                "runc",
                OWNER,
                OWNER,
                "0".repeat(64),
                Instant.EPOCH,
                1,
                HostFingerprint.early("6.1", "cpu", "4.1"))));
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path copy = to.resolve(from.relativize(path).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  static StoreFailure failure(Stored<?> stored) {
    assertThat(stored).isInstanceOf(Stored.Failed.class);
    return ((Stored.Failed<?>) stored).failure();
  }

  static <T> T ok(Stored<T> stored) {
    assertThat(stored).isInstanceOf(Stored.Ok.class);
    return ((Stored.Ok<T>) stored).value();
  }

  @Override
  public void close() throws IOException {
    pulls.close();
    network.close();
    server.shutdownNow();
    n1.close();
    n2.close();
    threads.shutdownNow();
    readers.shutdownNow();
    source.close();
    target.close();
  }
}
