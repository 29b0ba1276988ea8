package io.dormouse.checkpoint.images;

import static io.dormouse.checkpoint.images.Published.failure;
import static io.dormouse.checkpoint.images.Published.ok;
import static io.dormouse.checkpoint.images.Published.pages;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.upkeep.OwnerUsage;
import io.dormouse.checkpoint.images.upkeep.Quotas;
import io.dormouse.checkpoint.images.upkeep.Retention;
import io.dormouse.checkpoint.images.upkeep.StoreRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpkeepTest {
  private static final Instant START = Instant.parse("2026-03-01T12:30:00Z");
  private static final long OWNER = 1;

  @TempDir private Path folder;
  private Instant now = START;

  private ImageStore open(Quotas quotas, Retention retention) {
    return ok(
        ImageStore.open(
            StoreLocation.ofDirectory(folder.resolve("store")),
            new StoreRules(quotas, retention),
            () -> now));
  }

  private ImageStore withQuota(long bytes) {
    return open(new Quotas(OptionalLong.empty(), Map.of(OWNER, bytes)), Retention.FOREVER);
  }

  private static ImageId image(int number) {
    return new ImageId("i", new UUID(0, number));
  }

  private static StagedImage stage(ImageStore store, ImageId id, long owner) {
    return ok(store.stage(ExpectedImage.of(id, owner)));
  }

  @Test
  void anImageAboveTheQuotaIsNotPublishedAndLeavesNothing() throws IOException {
    ImageStore store = withQuota(500_000);

    StoreFailure failure = failure(Published.publish(store, image(1), pages(1_000_000)));

    assertThat(failure).isInstanceOf(StoreFailure.QuotaExceeded.class);
    assertThat(failure.message()).contains("uid 1").contains("500000").contains("Maybe ");
    assertThat(ok(store.list())).isEmpty();
    assertThat(ok(store.upkeep().usage(START.minusSeconds(1), START)))
        .allMatch(usage -> usage.storedBytes() == 0);
  }

  @Test
  void whoHasUsedHisQuotaIsRefusedBeforeTheDumpAndOthersAreNot() throws IOException {
    ImageStore store = withQuota(1_100_000);
    ok(Published.publish(store, image(1), pages(1_000_000)));
    long stored = ok(store.upkeep().usage(START.minusSeconds(1), START)).get(0).storedBytes();
    ImageStore full = withQuota(stored);

    assertThat(failure(full.stage(ExpectedImage.of(image(2), OWNER))))
        .isInstanceOf(StoreFailure.QuotaExceeded.class);
    ok(full.discard(stage(full, image(2), 2)));
  }

  @Test
  void whatIsDeletedNoLongerCountsThoughItsPagesAreNotCollectedYet() throws IOException {
    ImageStore store = withQuota(1_100_000);
    ok(Published.publish(store, image(1), pages(1_000_000)));
    assertThat(failure(Published.publish(store, image(2), pages(900_000))))
        .isInstanceOf(StoreFailure.QuotaExceeded.class);

    ok(store.delete(image(1)));

    ok(Published.publish(store, image(3), pages(900_000)));
  }

  @Test
  void sharedPagesCountOnce() throws IOException {
    ImageStore store = withQuota(1_100_000);
    for (int i = 1; i <= 5; i++) {
      ok(Published.publish(store, image(i), pages(1_000_000)));
    }
    assertThat(ok(store.list())).hasSize(5);
  }

  @Test
  void oldImagesGoButNotWhatIsKeptOrBeingWokenOrLast() throws IOException {
    ImageStore store =
        open(Quotas.NONE, new Retention(Optional.of(Duration.ofDays(1)), OptionalInt.empty()));
    for (int i = 1; i <= 4; i++) {
      ok(Published.publish(store, image(i), pages(5_000)));
    }
    ok(Published.publish(store, new ImageId("other", new UUID(0, 9)), pages(5_000)));
    ok(store.upkeep().keep(image(2)));
    ok(store.claim(image(3), "n1/x"));
    publishedAt(START.minus(Duration.ofDays(2)));

    List<ImageId> gone = ok(store.upkeep().retain());

    // All were made at once, so the first by its number counts as the last one made.
    assertThat(gone).containsExactly(image(4));
    assertThat(ok(store.list())).hasSize(4);
    ok(store.upkeep().letGo(image(2)));
    assertThat(ok(store.upkeep().retain())).containsExactly(image(2));
    assertThat(failure(store.upkeep().keep(image(2)))).isInstanceOf(StoreFailure.Missing.class);
  }

  @Test
  void draftsGoAfterAnHourWhoeverClaimedThemAndKeepNothingFromBeingTheLast() throws IOException {
    ImageStore store = open(Quotas.NONE, new Retention(Optional.empty(), OptionalInt.of(1)));
    ok(Published.publish(store, image(1), pages(5_000)));
    publishedAt(START.minus(Duration.ofDays(1)));
    ok(Published.publishDraft(store, image(2)));
    ok(Published.publishDraft(store, image(3)));
    ok(store.claim(image(3), "moved to n2"));
    publishedAt(START.minus(Duration.ofMinutes(59)), image(2));
    publishedAt(START.minus(Duration.ofMinutes(61)), image(3));

    assertThat(ok(store.upkeep().retain())).containsExactly(image(3));
    now = START.plus(Duration.ofMinutes(2));
    assertThat(ok(open(Quotas.NONE, Retention.FOREVER).upkeep().retain()))
        .containsExactly(image(2));
    assertThat(ok(store.list())).hasSize(1);
  }

  /** By the store's clock: nodes' may be wrong by any time. */
  @Test
  void theImagePublishedLastStaysWhateverItsNodeTookTheTimeFor() throws IOException {
    ImageStore store = open(Quotas.NONE, new Retention(Optional.empty(), OptionalInt.of(1)));
    ok(Published.publish(store, image(1), pages(5_000), START.plus(Duration.ofDays(300))));
    publishedAt(START.minus(Duration.ofDays(2)));
    ok(Published.publish(store, image(2), pages(5_000), START.minus(Duration.ofDays(300))));
    publishedAt(START.minus(Duration.ofDays(1)), image(2));

    assertThat(ok(store.upkeep().retain())).containsExactly(image(1));
  }

  @Test
  void oneClockThatIsFarAheadDoesNotEraseTheLedger() throws IOException {
    ImageStore store = open(Quotas.NONE, Retention.FOREVER);
    ok(Published.publish(store, image(1), pages(100_000)));
    ok(store.upkeep().account());
    now = Instant.now().plus(Duration.ofDays(2_000));
    ok(store.upkeep().account());

    assertThat(ok(store.upkeep().usage(START, START.plusSeconds(3_600))).get(0).byteHours())
        .isGreaterThan(100_000);
  }

  /** Dates manifests: all, or one image's. */
  private void publishedAt(Instant date, ImageId... images) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("store/images"))) {
      for (Path file : files.filter(path -> path.endsWith("manifest.json")).toList()) {
        if (images.length == 0 || file.toString().contains(images[0].generation().toString())) {
          Files.setLastModifiedTime(file, FileTime.from(date));
        }
      }
    }
  }

  @Test
  void theMarkOfAKeptImageGoesWithIt() throws IOException {
    ImageStore store = open(Quotas.NONE, Retention.FOREVER);
    ok(Published.publish(store, image(1), pages(5_000)));
    ok(store.upkeep().keep(image(1)));

    ok(store.delete(image(1)));

    assertThat(folder.resolve("store/kept/i/" + image(1).generation())).doesNotExist();
  }

  @Test
  void byteHoursAreCountedFromOneNoteAnHour() throws IOException {
    ImageStore store = open(Quotas.NONE, Retention.FOREVER);
    ok(Published.publish(store, image(1), pages(1_000_000)));
    ok(store.upkeep().account());
    now = START.plus(Duration.ofMinutes(10));
    ok(Published.publish(store, image(2), pages(500_000)));
    ok(store.upkeep().account());
    assertThat(Files.list(folder.resolve("store/usage"))).hasSize(1);
    now = START.plus(Duration.ofHours(2));
    ok(store.upkeep().account());
    now = START.plus(Duration.ofHours(3));

    OwnerUsage usage = ok(store.upkeep().usage(START, now)).get(0);

    assertThat(usage.ownerUid()).isEqualTo(OWNER);
    assertThat(usage.images()).isEqualTo(2);
    assertThat(usage.storedBytes()).isBetween(1_500_000L, 1_600_000L);
    assertThat(usage.byteHours()).isBetween(3_500_000.0, 3_700_000.0);
    assertThat(ok(store.upkeep().usage(now.minusSeconds(3600), now)).get(0).byteHours())
        .isEqualTo(usage.storedBytes());
  }

  @Test
  void aDamagedNoteIsPassedOver() throws IOException {
    ImageStore store = open(Quotas.NONE, Retention.FOREVER);
    ok(Published.publish(store, image(1), pages(100_000)));
    ok(store.upkeep().account());
    Files.writeString(folder.resolve("store/usage/0000999999"), "{\"at\":\"then\",\"bytes\":{}}");
    Files.writeString(folder.resolve("store/usage/0000999998"), "no json");

    assertThat(ok(store.upkeep().usage(START, START.plusSeconds(3600))).get(0).byteHours())
        .isGreaterThan(100_000);
  }
}
