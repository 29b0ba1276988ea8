package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.VerifyResult.Verified;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An image's files that are made of an older image's. */
class RebuildTest extends PackedStoreCase {
  private static final int PAGE_BYTES = 4_096;

  private final ImageId next = new ImageId(id.instance(), UUID.randomUUID());
  private @TempDir Path copy;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void anImageMadeOfAnOlderOneIsAsItWasPublished(long seed) throws IOException {
    publish(id);
    byte[] pages = changed(pages(), new Random(seed));
    publish(next, pages);
    assertThat(store.fetch(id, copy)).isInstanceOf(Verified.class);

    assertThat(store.rebuild(id, next, copy)).isInstanceOf(Verified.class);

    assertThat(copy.resolve("criu/pages-1.img")).hasBinaryContent(pages);
    assertThat(copy.resolve("layer.tar")).hasContent("layer");
  }

  /** Some pages taken out, put in, moved and changed, and another length. */
  private static byte[] changed(byte[] pages, Random random) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int from = 0; from + PAGE_BYTES <= pages.length; from += PAGE_BYTES) {
      byte[] other = new byte[PAGE_BYTES];
      switch (random.nextInt(20)) {
        case 0 -> all.write(other);
        case 1 -> {
          random.nextBytes(other);
          all.write(other);
        }
        case 2 -> {
          random.nextBytes(other);
          all.write(other);
          all.write(pages, from, PAGE_BYTES);
        }
        case 3 -> {}
        case 4 -> all.write(pages, random.nextInt(700) * PAGE_BYTES, PAGE_BYTES);
        default -> all.write(pages, from, PAGE_BYTES);
      }
    }
    all.write(pages, 0, random.nextInt(PAGE_BYTES));
    return all.toByteArray();
  }

  @Test
  void filesThatOneOfTheTwoHasNotComeAndGo() throws IOException {
    publish(id);
    StagedImage staged = ok(store.stage(expected(next)));
    Files.createDirectories(staged.directory().resolve("other"));
    Files.writeString(staged.directory().resolve("other/file"), "new");
    Files.writeString(staged.directory().resolve("layer.tar"), "");
    ok(store.publish(staged, metadata(next)));
    assertThat(store.fetch(id, copy)).isInstanceOf(Verified.class);

    assertThat(store.rebuild(id, next, copy)).isInstanceOf(Verified.class);

    assertThat(copy.resolve("other/file")).hasContent("new");
    assertThat(copy.resolve("layer.tar")).isEmptyFile();
    assertThat(copy.resolve("criu/pages-1.img")).doesNotExist();
  }

  @Test
  void withoutEitherImageThereIsNoRebuilding() throws IOException {
    publish(id);
    assertThat(store.fetch(id, copy)).isInstanceOf(Verified.class);

    assertThat(store.rebuild(id, next, copy)).isInstanceOf(VerifyResult.Missing.class);
    assertThat(store.rebuild(next, id, copy)).isNotInstanceOf(Verified.class);
  }
}
