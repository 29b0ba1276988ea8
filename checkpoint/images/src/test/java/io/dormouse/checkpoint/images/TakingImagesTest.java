package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.hosts.HostFingerprint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that go from one store to another. */
class TakingImagesTest {
  private static final int PAGE = 4_096;
  private static final int PAGES = 2_000;
  private final ImageId id = new ImageId("worker-1", UUID.randomUUID());
  private Path here;
  private Path there;
  private ImageStore from;
  private ImageStore to;

  @BeforeEach
  void twoStoresThatShareKeys(@TempDir Path temporary) throws IOException {
    there = temporary.resolve("there");
    here = temporary.resolve("here");
    from = open(there);
    // A key of the owner is there once an image of his is.
    publish(from, new ImageId("key-maker", UUID.randomUUID()), pages(99, 1));
    Published.copyTree(there.resolve("keys"), here.resolve("keys"));
    to = open(here);
  }

  @Test
  void packsMoveAsTheyAreWhereKeysAreShared() throws IOException {
    publish(from, id, pages(1, PAGES));

    Image.Published taken = ok(to.take(offer(), OptionalLong.of(1_000)));

    assertThat(taken).isEqualTo(from.show(id));
    assertThat(to.verify(id)).isInstanceOf(VerifyResult.Verified.class);
    assertThat(files(here, "packs")).hasSize(1);
    assertThat(files(here, "packs").get(0))
        .hasSameBinaryContentAs(there.resolve(here.relativize(files(here, "packs").get(0))));
    assertFetched(to, pages(1, PAGES));
    assertThat(files(here, "pins")).isEmpty();
    assertThat(files(here, "uploads")).isEmpty();
  }

  @Test
  void aPackThatIsHereDoesNotComeAgain() throws IOException {
    publish(from, id, pages(1, PAGES));
    ok(to.take(offer(), OptionalLong.empty()));
    ok(to.delete(id));
    Metered again = new Metered(offer());

    ok(to.take(again, OptionalLong.empty()));

    assertThat(again.bytes).isZero();
    assertFetched(to, pages(1, PAGES));
  }

  @Test
  void onlyBlocksWithWhatIsMissingCome() throws IOException {
    publish(to, new ImageId("twin", UUID.randomUUID()), pages(1, PAGES));
    byte[] changed = pages(1, PAGES);
    System.arraycopy(pages(2, 100), 0, changed, 500 * PAGE, 100 * PAGE);
    publish(from, id, changed);
    Metered offer = new Metered(offer());

    Image.Published taken = ok(to.take(offer, OptionalLong.empty()));

    long whole =
        files(there, "packs").stream()
            .mapToLong(pack -> pack.toFile().length())
            .max()
            .orElseThrow();
    assertThat(offer.bytes).isBetween(100L * PAGE, whole / 5);
    assertThat(taken.manifest().contents().newBytes()).isLessThan(whole / 5);
    assertThat(taken.manifest().storedBytes()).isGreaterThan(whole / 2);
    assertThat(to.verify(id)).isInstanceOf(VerifyResult.Verified.class);
    assertFetched(to, changed);
  }

  @Test
  void aBrokenTransferGoesOnFromTheLastWholePack() throws IOException {
    // The second image lies in the first one's pack and one of its own.
    byte[] both = Arrays.copyOf(pages(1, PAGES), 2 * PAGES * PAGE);
    publish(from, new ImageId("older", UUID.randomUUID()), pages(1, PAGES));
    System.arraycopy(pages(2, PAGES), 0, both, PAGES * PAGE, PAGES * PAGE);
    publish(from, id, both);
    Metered cut = new Metered(offer());
    cut.leftBytes = (long) (1.5 * PAGES * PAGE);

    assertThat(to.take(cut, OptionalLong.empty())).isInstanceOf(Stored.Failed.class);

    assertThat(to.show(id)).isInstanceOf(Image.Missing.class);
    assertThat(files(here, "packs")).hasSize(1);
    assertThat(files(here, "uploads")).isEmpty();
    Metered rest = new Metered(offer());
    ok(to.take(rest, OptionalLong.empty()));
    assertThat(rest.bytes).isLessThan((long) (1.1 * PAGES * PAGE));
    assertFetched(to, both);
  }

  @Test
  void nothingThatWasChangedOnTheWayIsTaken() throws IOException {
    publish(from, id, pages(1, 40));
    long all = new Metered(offer()).length();
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      Metered bad = new Metered(offer());
      bad.flipAt = i < 25 ? all - 1 - i : random.nextLong(all);

      Stored<Image.Published> taken = to.take(bad, OptionalLong.empty());

      assertThat(taken).as("byte %d of %d", bad.flipAt, all).isInstanceOf(Stored.Failed.class);
      assertThat(to.show(id)).isInstanceOf(Image.Missing.class);
      assertThat(files(here, "packs")).isEmpty();
    }
    ok(to.take(offer(), OptionalLong.empty()));
  }

  @Test
  void manifestAndTableMustBeWhatSomebodyTrustedSigned() throws IOException {
    publish(from, id, pages(1, 40));
    Metered badManifest = new Metered(offer());
    badManifest.manifest[100] ^= 1;
    Metered badTable = new Metered(offer());
    badTable.table[50] ^= 1;

    assertThat(to.take(badManifest, OptionalLong.empty())).isEqualTo(badOffer(badManifest));
    assertThat(badManifest.tableBytesMax).as("not asked for before").isEqualTo(-1);
    assertThat(to.take(badTable, OptionalLong.empty())).isEqualTo(badOffer(badTable));
  }

  @Test
  void noMoreOfAPageTableIsReadThanTheManifestVouchesFor() throws IOException {
    publish(from, id, pages(1, 40));
    Metered offer = new Metered(offer());

    Image.Published taken = ok(to.take(offer, OptionalLong.empty()));

    assertThat((long) offer.tableBytesMax)
        .isBetween((long) offer.table.length, taken.manifest().contents().newBytes());
    assertThatThrownBy(() -> ok(from.offer(id)).table(offer.table.length - 1))
        .isInstanceOf(OfferException.class);
  }

  @Test
  void anotherOwnersImageIsRefused() throws IOException {
    publish(from, id, pages(1, 40));
    Metered offer = new Metered(offer());

    assertThat(to.take(offer, OptionalLong.of(1_001)))
        .isEqualTo(new Stored.Failed<>(new StoreFailure.NotTheOwners(id, 1_001)));
    assertThat(offer.tableBytesMax).isEqualTo(-1);
    assertThat(files(here, "packs")).isEmpty();
  }

  @Test
  void aStoreWithoutTheOwnersKeyRefuses() throws IOException {
    publish(from, id, pages(1, 40));
    Files.delete(here.resolve("keys/domains/uid-1000.key"));

    assertThat(to.take(offer(), OptionalLong.empty()))
        .isInstanceOfSatisfying(
            Stored.Failed.class,
            failed -> assertThat(failed.failure()).isInstanceOf(StoreFailure.OtherKeys.class));

    publish(to, new ImageId("other-key", UUID.randomUUID()), pages(3, 1));
    assertThat(to.take(offer(), OptionalLong.empty()))
        .isInstanceOfSatisfying(
            Stored.Failed.class,
            failed -> assertThat(failed.failure()).isInstanceOf(StoreFailure.OtherKeys.class));
  }

  @Test
  void aCopyToAStoreWithOtherKeysIsSealedAnew() throws IOException {
    publish(from, id, pages(1, PAGES));
    ImageStore stranger = open(here.resolveSibling("stranger"));

    ImageCopy.Copied copied = ok(ImageCopy.copy(from, stranger, id));

    assertThat(copied.resealed()).isTrue();
    assertThat(copied.image().manifest().metadata()).isEqualTo(metadata(id));
    assertFetched(stranger, pages(1, PAGES));
    assertThat(files(there, "staging")).isEmpty();
    assertThat(files(here.resolveSibling("stranger"), "staging")).isEmpty();
  }

  @Test
  void aCopyToAStoreWithTheSameKeysIsNot() throws IOException {
    publish(from, id, pages(1, 40));

    assertThat(ok(ImageCopy.copy(from, to, id)).resealed()).isFalse();
    assertThat(ImageCopy.copy(from, to, id))
        .isEqualTo(new Stored.Failed<>(new StoreFailure.AlreadyPublished(id)));
  }

  @Test
  void whatWasWokenIsNotCopied() throws IOException {
    publish(from, id, pages(1, 40));
    ok(from.claim(id, "n1/x"));

    assertThat(ImageCopy.copy(from, to, id)).isInstanceOf(Stored.Failed.class);
    assertThat(to.show(id)).isInstanceOf(Image.Missing.class);
  }

  private Stored<Image.Published> badOffer(Metered offer) {
    Stored<Image.Published> again = to.take(offer, OptionalLong.empty());
    assertThat(((Stored.Failed<Image.Published>) again).failure())
        .isInstanceOf(StoreFailure.BadOffer.class);
    return again;
  }

  private ImageOffer offer() {
    return ok(from.offer(id));
  }

  private void assertFetched(ImageStore store, byte[] pages) throws IOException {
    Fetched fetched = store.fetch(id);
    assertThat(fetched.result()).isInstanceOf(VerifyResult.Verified.class);
    assertThat(Files.readAllBytes(fetched.copy().directory().resolve("pages-1.img")))
        .isEqualTo(pages);
    ok(store.discard(fetched.copy()));
  }

  private static ImageStore open(Path root) {
    return ok(ImageStore.open(URI.create("file:" + root), InstantSource.system()));
  }

  private static void publish(ImageStore store, ImageId id, byte[] pages) throws IOException {
    StagedImage staged = ok(store.stage(ExpectedImage.of(id, 1_000)));
    Files.write(staged.directory().resolve("pages-1.img"), pages);
    ok(store.publish(staged, metadata(id)));
  }

  private static ImageMetadata metadata(ImageId id) {
    return new ImageMetadata(
        id,
        Optional.empty(),
        "runc",
        1_000,
        1_000,
        "0".repeat(64),
        Instant.parse("2026-03-01T12:00:00Z"),
        1,
        HostFingerprint.early("6.1", "cpu", "4.1"));
  }

  /** Pages that no two seeds share, and that don't compress. */
  private static byte[] pages(long seed, int count) {
    byte[] pages = new byte[count * PAGE];
    new Random(seed).nextBytes(pages);
    return pages;
  }

  private static List<Path> files(Path root, String folder) throws IOException {
    if (!Files.exists(root.resolve(folder))) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(root.resolve(folder))) {
      return new ArrayList<>(all.filter(Files::isRegularFile).sorted().toList());
    }
  }

  private static <T> T ok(Stored<T> stored) {
    assertThat(stored).isInstanceOf(Stored.Ok.class);
    return ((Stored.Ok<T>) stored).value();
  }
}
