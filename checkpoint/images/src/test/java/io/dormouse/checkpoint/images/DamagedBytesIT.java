package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.VerifyResult.Corrupt;
import io.dormouse.checkpoint.images.VerifyResult.Verified;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever byte of a small image is damaged, it is found before anything is restored. */
class DamagedBytesIT extends PackedStoreCase {
  private static final int FETCHES_APART = 37;

  @BeforeEach
  void publish() throws IOException {
    publish(id, "one page and a bit".repeat(300).getBytes(StandardCharsets.UTF_8));
  }

  /** Its manifest, its page table, and its pack, in whose footer the index lies. */
  private List<Path> parts() throws IOException {
    List<Path> parts = Stream.of(files("images"), files("packs")).flatMap(List::stream).toList();
    assertThat(parts).hasSize(3);
    return parts;
  }

  private void isFound(Path part, byte[] bad, int at) throws IOException {
    Files.write(part, bad);
    assertThat(store.verify(id)).as("%s, %d", part, at).isInstanceOf(Corrupt.class);
    if (at % FETCHES_APART == 0) {
      assertThat(store.fetch(id).result()).as("%s, %d", part, at).isInstanceOf(Corrupt.class);
    }
  }

  private void isWholeAgain(Path part, byte[] whole) throws IOException {
    Files.write(part, whole);
    assertThat(store.verify(id)).isInstanceOf(Verified.class);
    assertThat(spool()).isEmpty();
  }

  @Test
  void aFlippedBitInAnyByteOfAnyPartIsFound() throws IOException {
    Random random = new Random(1);
    for (Path part : parts()) {
      byte[] whole = Files.readAllBytes(part);
      for (int i = 0; i < whole.length; i++) {
        byte[] bad = whole.clone();
        bad[i] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        isFound(part, bad, i);
      }
      isWholeAgain(part, whole);
    }
  }

  @Test
  void aCutToAnyLengthIsFoundAndSoIsWhatWasAdded() throws IOException {
    for (Path part : parts()) {
      byte[] whole = Files.readAllBytes(part);
      for (int length = 0; length < whole.length; length++) {
        isFound(part, Arrays.copyOf(whole, length), length);
      }
      isFound(part, Arrays.copyOf(whole, whole.length + 1), whole.length + 1);
      isWholeAgain(part, whole);
    }
  }
}
