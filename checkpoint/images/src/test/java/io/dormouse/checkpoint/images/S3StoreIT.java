package io.dormouse.checkpoint.images;

import static io.dormouse.checkpoint.images.Published.failure;
import static io.dormouse.checkpoint.images.Published.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores on a real S3 server. */
class S3StoreIT implements BlobsContract, ImageStoreContract, ServerFaults {
  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // before all tests
  private static S3Server server;

  /** Believes any signature, as what passes a proxy has none that holds. */
  @SuppressWarnings("NullAway.Init") // before all tests
  private static S3Server trusting;

  @SuppressWarnings("NullAway.Init") // before all tests
  private static RemoteBackend backend;

  @BeforeAll
  static void start() throws IOException {
    server = new S3Server(folder, "aws-v4");
    server.start();
    backend = server.backend(Map.of("fs.s3a.retry.limit", "1"));
    trusting = new S3Server(folder.resolve("trusting"), "none");
    trusting.start();
  }

  @AfterAll
  static void end() throws IOException {
    server.kill();
    trusting.kill();
  }

  @Override
  public Backend backend() {
    return backend;
  }

  @Override
  public void stopServer() throws IOException {
    server.kill();
  }

  @Override
  public void startServer() throws IOException {
    server.start();
  }

  @Test
  void aBlobInPartsIsSeenWholeAndNeverReplaced(@TempDir Path local) throws IOException {
    byte[] half = Published.pages(40 << 20);
    StoreLocation place = server.backend(Map.of("fs.s3a.multipart.size", "5M")).freshStore(local);
    try (Blobs blobs = backend.open(place);
        Upload first = blobs.begin("packs/p");
        Upload second = blobs.begin("packs/p")) {
      for (int i = 0; i < 2; i++) {
        first.write(half);
        second.write(half, i, 1000);
      }
      assertThat(blobs.list("packs", 1)).isEmpty();
      second.commit();
      assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(first::commit);
      assertThat(blobs.list("packs", 1)).allMatch(blob -> blob.bytes() == 2000);
    }
  }

  @Test
  void uploadsOfTheDeadAreSweptAfterADay(@TempDir Path local) throws IOException {
    StoreLocation place = backend.freshStore(local);
    try (Blobs blobs = backend.open(place)) {
      Upload dead = blobs.begin("packs/p");
      dead.write(Published.pages(70 << 20));
      assertThat(blobs.sweep(Instant.now())).isZero();
      assertThat(blobs.sweep(Instant.now().plus(Duration.ofHours(25)))).isPositive();
      dead.close();
    }
  }

  @Test
  void aServerThatReplacesIsRefused(@TempDir Path local) throws IOException {
    try (UnreliableProxy proxy = before(UnreliableProxy.Vice.FORGET_CONDITIONS)) {
      StoreFailure failure =
          failure(ImageStore.open(through(proxy).freshStore(local), InstantSource.system()));

      assertThat(failure).isInstanceOf(StoreFailure.Unsuitable.class);
      assertThat(failure.message())
          .contains("lets a second writer replace an object")
          .contains("If-None-Match");
      assertThat(proxy.spoilt()).isPositive();
    }
  }

  @Test
  void aRefusalOfWhatWasWrittenByOneselfIsNone(@TempDir Path local) throws IOException {
    try (UnreliableProxy proxy = before(UnreliableProxy.Vice.LOSE_ANSWERS)) {
      StoreLocation place = through(proxy).freshStore(local);
      ImageId id = Published.fresh();
      try (ImageStore store = ok(ImageStore.open(place, InstantSource.system()))) {
        ok(Published.publish(store, id, Published.pages(10_000)));
        assertThat(store.verify(id)).isInstanceOf(VerifyResult.Verified.class);
      }
      try (Blobs blobs = through(proxy).open(place)) {
        assertThat(blobs.create("a", new byte[] {1})).as("refused when repeated").isTrue();
        assertThat(blobs.create("a", new byte[] {2})).as("another one's").isFalse();
      }
      assertThat(proxy.spoilt()).isGreaterThan(5);
    }
  }

  private static UnreliableProxy before(UnreliableProxy.Vice vice) throws IOException {
    return new UnreliableProxy(trusting.port(), vice);
  }

  private static RemoteBackend through(UnreliableProxy proxy) throws IOException {
    return trusting.backend(Map.of("fs.s3a.endpoint", "http://127.0.0.1:" + proxy.port()));
  }

  @Test
  void aServerThatIsNotThereIsNoticedSoon(@TempDir Path local) throws IOException {
    RemoteBackend gone = server.backend(Map.of("fs.s3a.endpoint", "http://127.0.0.1:1"));

    StoreFailure failure =
        assertTimeout(
            Duration.ofSeconds(45),
            () -> failure(ImageStore.open(gone.freshStore(local), InstantSource.system())));

    assertThat(failure).as(failure.message()).isInstanceOf(StoreFailure.Unreachable.class);
    assertThat(failure.message()).contains("Maybe its server is down");
  }

  @Test
  void aConfigurationWithoutConditionalWritesIsRefused(@TempDir Path local) throws IOException {
    RemoteBackend careless = server.backend(Map.of("fs.s3a.create.conditional.enabled", "false"));

    assertThat(failure(ImageStore.open(careless.freshStore(local), InstantSource.system())))
        .isInstanceOf(StoreFailure.Unsuitable.class);
  }

  @Test
  void wrongAndMissingCredentialsAreDenied(@TempDir Path local) throws IOException {
    RemoteBackend wrong = server.backend(Map.of("fs.s3a.secret.key", "another"));
    RemoteBackend none =
        server.backend(
            Map.of(
                "fs.s3a.aws.credentials.provider",
                "org.apache.hadoop.fs.s3a.TemporaryAWSCredentialsProvider"));

    for (RemoteBackend denied : new RemoteBackend[] {wrong, none}) {
      StoreFailure failure =
          failure(ImageStore.open(denied.freshStore(local), InstantSource.system()));
      assertThat(failure).as(failure.message()).isInstanceOf(StoreFailure.Denied.class);
      assertThat(failure.message())
          .contains("Maybe ")
          .doesNotContain("another")
          .doesNotContain(S3Server.SECRET_KEY);
    }
  }

  @Test
  void aMissingBucketIsSaid(@TempDir Path local) {
    StoreLocation nowhere =
        StoreLocation.of(URI.create("s3a://no-such-bucket/x"), local)
            .withHadoopConfiguration(backend.configuration());

    assertThat(failure(ImageStore.open(nowhere, InstantSource.system())).message())
        .contains("no such bucket")
        .contains("Maybe ");
  }
}
