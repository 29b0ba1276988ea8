package io.dormouse.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.VerifyResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreWorkTest {
  private static final UUID GENERATION = UUID.fromString("00000000-0000-4000-8000-000000000001");
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  @Test
  void whereItIsKnownHowMuchThereIsABarShowsHowFarItIs() {
    StoreWork work = new StoreWork("Verifying x", "read", () -> 0, 100 * MIB);

    assertThat(work.line(45 * MIB, Duration.ofMillis(3_900)))
        .isEqualTo("Verifying x: [#########-----------] 45 %, 45.0 of 100.0 MiB read, 3 s");
    assertThat(work.line(110 * MIB, Duration.ofSeconds(9)))
        .as("pages of others in the same packs are read too")
        .isEqualTo("Verifying x: [####################] 100 %, 110.0 of 110.0 MiB read, 9 s");
  }

  @Test
  void elseTheBytesAlone() {
    StoreWork work = new StoreWork("Dumping process 7", "written", () -> 0, 0);

    assertThat(work.line(3 * MIB / 2, Duration.ofSeconds(61)))
        .isEqualTo("Dumping process 7: 1.5 MiB written, 61 s");
  }

  @Test
  void bytesCountFromTheBeginOfTheStep() throws IOException {
    SampleImages images = new SampleImages(folder);
    images.publish(GENERATION, 1);
    ImageStore store = images.open();
    Image image = store.show(SampleImages.id(GENERATION));

    StoreWork first = StoreWork.reading("Verifying", store, image);
    assertThat(store.verify(image.id())).isInstanceOf(VerifyResult.Verified.class);
    StoreWork second = StoreWork.reading("Verifying", store, image);

    assertThat(store.traffic().readBytes()).isPositive();
    assertThat(first.line()).contains("100 %");
    assertThat(second.line()).contains(" 0 %");
  }
}
