package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.packs.InheritedPages;
import io.dormouse.checkpoint.images.packs.InheritedPages.Merge;
import io.dormouse.checkpoint.images.packs.InheritedPages.Piece;
import io.dormouse.checkpoint.images.packs.LeftOut;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images whose dump left out what the last one has. */
class InheritedPagesTest extends PackedStoreCase {
  private static final String FILE = "criu/pages-1.img";
  private static final int PAGE = 4_096;

  private static ImageId next() {
    return new ImageId("worker-1", UUID.randomUUID());
  }

  private static byte[] memory(long seed) {
    byte[] memory = new byte[PAGE * 500];
    new Random(seed).nextBytes(memory);
    java.util.Arrays.fill(memory, 100 * PAGE, 120 * PAGE, (byte) 0);
    return memory;
  }

  private StagedImage staged(ImageId image, Optional<byte[]> base) {
    return ok(store.stage(expected(image).on(base)));
  }

  private Image.Published publish(ImageId image, Optional<byte[]> base, Changed changed)
      throws IOException {
    StagedImage staged = fill(staged(image, base), changed.written());
    return ok(store.publish(staged, metadata(image), LeftOut.of(changed.inherited(FILE))));
  }

  private void holds(ImageId image, byte[] memory) {
    Fetched fetched = store.fetch(image);
    assertThat(fetched.result()).isInstanceOf(VerifyResult.Verified.class);
    assertThat(fetched.copy().directory().resolve(FILE)).hasBinaryContent(memory);
    ok(store.discard(fetched.copy()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void imagesAreWholeWithoutTheOnesBeforeThem(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] memory = memory(seed);
    ImageId last = next();
    publish(last, memory);
    for (int generation = 0; generation < 4; generation++) {
      Optional<byte[]> base = Optional.of(ok(store.pages(last)));
      Changed changed = Changed.of(memory, memory(seed + generation), random);
      ImageId image = next();
      Image.Published published = publish(image, base, changed);
      assertThat(published.manifest().contents().fileBytes())
          .isGreaterThan(changed.memory().length);
      ok(store.delete(last));
      ok(store.collect());
      last = image;
      memory = changed.memory();
    }

    holds(last, memory);
    assertThat(store.verify(last)).isInstanceOf(VerifyResult.Verified.class);
  }

  @Test
  void whatIsInheritedIsNeitherReadNorStored() throws IOException {
    byte[] memory = memory(1);
    publish(id, memory);
    List<Piece> pieces =
        List.of(new Piece(true, 0, 30), new Piece(false, 0, 2), new Piece(true, 32, 468));
    byte[] fresh = new byte[2 * PAGE];
    new Random(9).nextBytes(fresh);
    byte[] whole = memory.clone();
    System.arraycopy(fresh, 0, whole, 30 * PAGE, fresh.length);
    ImageId image = next();

    Image.Published published =
        publish(image, Optional.of(ok(store.pages(id))), new Changed(whole, fresh, pieces));

    assertThat(published.manifest().contents().newBytes()).isLessThan(5L * PAGE);
    holds(image, whole);
  }

  @Test
  void piecesThatDoNotFitMakeNoImage() throws IOException {
    publish(id, memory(1));
    byte[] base = ok(store.pages(id));
    for (List<Piece> pieces :
        List.of(
            List.of(new Piece(true, 499, 2), new Piece(false, 0, 1)),
            List.of(new Piece(true, 0, 1)),
            List.of(new Piece(false, 0, 2)),
            List.of(new Piece(false, 1, 1)),
            List.of(new Piece(true, -1, 1), new Piece(false, 0, 1)))) {
      ImageId image = next();
      StagedImage staged = fill(staged(image, Optional.of(base)), new byte[PAGE]);
      InheritedPages inherited = new InheritedPages(Map.of(FILE, new Merge(FILE, pieces)));
      assertThat(store.publish(staged, metadata(image), LeftOut.of(inherited)))
          .isInstanceOfSatisfying(
              Stored.Failed.class,
              failed -> assertThat(failed.failure()).isInstanceOf(StoreFailure.BadContent.class));
      assertThat(store.show(image)).isInstanceOf(Image.Missing.class);
      ok(store.discard(staged));
    }
  }

  @Test
  void aBaseThatIsNotThereAnyMoreIsNone() throws IOException {
    publish(id, memory(1));
    byte[] base = ok(store.pages(id));
    for (var pack : files("packs")) {
      Files.delete(pack);
    }

    StagedImage staged = staged(next(), Optional.of(base));

    assertThat(staged.inherits()).isFalse();
    ok(store.discard(staged));
  }

  @Test
  void neitherAreAnothersPagesNorWhatIsMalformed() throws IOException {
    publish(id, memory(1));
    byte[] pages = ok(store.pages(id));
    byte[] flipped = pages.clone();
    flipped[flipped.length / 2] ^= 1;
    ImageId image = next();

    for (byte[] base : List.of(flipped, new byte[3], new byte[200])) {
      StagedImage staged = staged(image, Optional.of(base));
      assertThat(staged.inherits()).isFalse();
      ok(store.discard(staged));
    }
    StagedImage others = ok(store.stage(ExpectedImage.of(image, 1).on(Optional.of(pages))));
    assertThat(others.inherits()).isFalse();
    ok(store.discard(others));
  }
}
