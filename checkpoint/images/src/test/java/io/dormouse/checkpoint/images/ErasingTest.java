package io.dormouse.checkpoint.images;

import static io.dormouse.checkpoint.images.Published.copyTree;
import static io.dormouse.checkpoint.images.Published.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.keys.KeyRing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErasingTest extends PackedStoreCase {
  private static final long OWNER = 65534;

  @Test
  void allOfAnOwnerGoesAndNothingOfOthers(@TempDir Path temporary) throws IOException {
    publish(id);
    ImageId others = new ImageId("other", UUID.randomUUID());
    ok(store.publish(fill(ok(store.stage(ExpectedImage.of(others, 7)))), metadata(others, 7)));
    Path elsewhere = temporary.resolve("copy");
    copyTree(root, elsewhere);

    Erasing.Doomed gone = ok(store.erasing(OWNER).erase(false));

    assertThat(gone.key()).isTrue();
    assertThat(gone.images()).containsExactly(id);
    assertThat(gone.packedBytes()).isGreaterThan(3_000_000);
    assertThat(store.show(id)).isInstanceOf(Image.Missing.class);
    assertThat(store.verify(others)).isInstanceOf(VerifyResult.Verified.class);
    assertThat(ok(store.erasing(OWNER).doomed()).isNothing()).isTrue();
    StoreLocation copy = StoreLocation.ofDirectory(elsewhere).withKeys(root.resolve("keys"));
    Files.delete(elsewhere.resolve("keys/master.key"));
    try (ImageStore copied = ok(ImageStore.open(copy, InstantSource.system()))) {
      assertThat(copied.show(id)).isInstanceOf(Image.Published.class);
      assertThat(copied.verify(id))
          .isNotInstanceOf(VerifyResult.Verified.class)
          .satisfies(result -> assertThat(result.message()).contains("erased"));
    }
  }

  @Test
  void whoComesBackGetsANewKeyAndNoneOfTheOldPages() throws IOException {
    publish(id);
    ok(store.erasing(OWNER).erase(false));

    Image.Published again = publish(new ImageId("worker-1", UUID.randomUUID()));

    assertThat(again.manifest().contents().newBytes()).isGreaterThan(3_000_000);
    assertThat(store.verify(again.id())).isInstanceOf(VerifyResult.Verified.class);
  }

  @Test
  void aClaimedImageIsNotErasedWithoutForce() throws IOException {
    publish(id);
    ok(store.claim(id, "node-1/life"));

    assertThat(failure(store.erasing(OWNER).erase(false)))
        .isInstanceOfSatisfying(
            StoreFailure.InUse.class,
            used -> {
              assertThat(used.claimed()).containsExactly(id);
              assertThat(used.message()).contains(id.toString()).contains("Maybe wait");
            });
    assertThat(store.verify(id)).isInstanceOf(VerifyResult.Verified.class);
    assertThat(ok(store.erasing(OWNER).erase(true)).images()).containsExactly(id);
    assertThat(store.show(id)).isInstanceOf(Image.Missing.class);
  }

  @Test
  void whoWritesIsNotDisturbedAndByForceKeepsHisProcess() throws IOException {
    StagedImage staged = fill(ok(store.stage(expected(id))));

    assertThat(failure(store.erasing(OWNER).erase(false)))
        .isInstanceOfSatisfying(
            StoreFailure.InUse.class,
            used -> assertThat(used.written()).containsExactly(PackedImageStore.name(id)));
    assertThat(ok(store.erasing(7).doomed()).isInUse()).as("another owner").isFalse();
    ok(store.erasing(OWNER).erase(true));

    assertThat(failure(store.publish(staged, metadata(id))))
        .isInstanceOf(StoreFailure.WrongKeys.class);
    assertThat(store.show(id))
        .as("nothing stands for the process")
        .isInstanceOf(Image.Missing.class);
    ok(store.discard(staged));
    assertThat(ok(store.erasing(OWNER).doomed()).isInUse()).isFalse();
  }

  @Test
  void aNewKeyDoesNotMakeAnImageUnderTheOldOneGood() throws IOException {
    StagedImage staged = fill(ok(store.stage(expected(id))));
    ok(store.erasing(OWNER).erase(true));
    publish(new ImageId("worker-2", UUID.randomUUID()));

    assertThat(failure(store.publish(staged, metadata(id))).message())
        .contains("erased while the image was made")
        .contains("Maybe make it again");
    assertThat(store.show(id)).isInstanceOf(Image.Missing.class);
    ok(store.discard(staged));
  }

  @Test
  void whatWasBrokenOffIsTakenUp() throws IOException {
    publish(id);
    assertThat(new KeyRing(root.resolve("keys")).erase("uid-" + OWNER)).isTrue();

    Erasing.Doomed gone = ok(store.erasing(OWNER).erase(false));

    assertThat(gone.key()).isFalse();
    assertThat(gone.images()).containsExactly(id);
    assertThat(ok(store.list())).isEmpty();
  }
}
