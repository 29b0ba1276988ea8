package io.dormouse.checkpoint.images.packs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PageTableTest {
  private static PageTable random(long seed) {
    Random random = new Random(seed);
    PageRuns runs = new PageRuns();
    for (int i = random.nextInt(50); i >= 0; i--) {
      runs.add(random.nextInt(4) - 1, random.nextInt(PackFormat.CHUNKS_MAX));
    }
    long size = runs.pages() * PackFormat.CHUNK_BYTES - random.nextInt(PackFormat.CHUNK_BYTES);
    PackedFile file = new PackedFile("layer/é" + seed, random.nextInt(07777), size, runs);
    return new PageTable(
        List.of(new UUID(1, seed), new UUID(2, seed), new UUID(seed, 3)), List.of(file));
  }

  @Property
  void readsWhatItWrote(@ForAll long seed) throws Exception {
    PageTable table = random(seed);

    PageTable read = PageTable.decode(table.encode());

    assertThat(read.encode()).isEqualTo(table.encode());
    assertThat(read.packs()).isEqualTo(table.packs());
    assertThat(read.files().get(0).path()).isEqualTo(table.files().get(0).path());
    assertThat(read.files().get(0).sizeBytes()).isEqualTo(table.files().get(0).sizeBytes());
  }

  @Property
  void damageIsATypedFailureOrAnotherTable(@ForAll long seed) {
    byte[] encoded = random(seed).encode();
    Random random = new Random(seed);
    byte[] bad =
        random.nextBoolean()
            ? encoded.clone()
            : Arrays.copyOf(encoded, random.nextInt(encoded.length));
    if (bad.length > 0) {
      bad[random.nextInt(bad.length)] = (byte) random.nextInt();
    }

    assertThatCode(
            () -> {
              try {
                PageTable.decode(bad);
              } catch (CorruptPackException expected) {
                assertThat(expected).hasMessageNotContaining("null");
              }
            })
        .doesNotThrowAnyException();
  }

  @Test
  void aScatteredTableIsSmall() {
    PageRuns runs = new PageRuns();
    int pages = 262_144;
    Random random = new Random(1);
    int fresh = 0;
    for (int i = 0; i < pages; i++) {
      boolean changed = random.nextInt(20) == 0;
      runs.add(changed ? 1 : 0, changed ? fresh++ : i);
    }
    PackedFile file = new PackedFile("pages-1.img", 0600, pages * 4_096L, runs);

    assertThat(
            new PageTable(List.of(new UUID(1, 1), new UUID(2, 2)), List.of(file)).encode().length)
        .isLessThan(100_000);
  }
}
