package io.dormouse.checkpoint.images.blobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrafficTest {
  private final Traffic traffic = new Traffic();

  @Test
  void everyByteCountsOnce(@TempDir Path folder) throws IOException {
    try (Blobs blobs = traffic.of(new DirectoryBlobs(folder))) {
      try (Upload upload = blobs.begin("a/b")) {
        upload.write(new byte[1_000]);
        upload.write(7);
        upload.write(new byte[100], 10, 20);
        upload.commit();
      }
      assertThat(blobs.create("c", new byte[50])).isTrue();
      assertThat(traffic.writtenBytes()).isEqualTo(1_071);
      assertThat(traffic.readBytes()).isZero();

      try (ReadableBlob blob = blobs.open("a/b")) {
        assertThat(blob.length()).isEqualTo(1_021);
        assertThat(blob.read(1_000, 1)).containsExactly(7);
      }
      assertThat(blobs.read("c", 64)).hasSize(50);
      assertThat(traffic.readBytes()).isEqualTo(51);
      assertThat(blobs.exists("a/b")).isTrue();
      assertThat(blobs.delete("a/b")).isTrue();
      assertThat(blobs.exists("a/b")).isFalse();
    }
  }
}
