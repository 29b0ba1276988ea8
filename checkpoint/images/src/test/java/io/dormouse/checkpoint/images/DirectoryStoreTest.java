package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.blobs.DirectoryBlobs;
import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores in a local directory. */
class DirectoryStoreTest implements BlobsContract, ImageStoreContract {
  @Override
  public Backend backend() {
    return new Backend() {
      @Override
      public StoreLocation freshStore(Path local) {
        return StoreLocation.ofDirectory(local.resolve("store"));
      }

      @Override
      public Blobs open(StoreLocation location) throws IOException {
        return new DirectoryBlobs(Path.of(location.uri().getPath()));
      }
    };
  }

  @Test
  void aLiveUploadIsNotSwept(@TempDir Path local) throws IOException {
    try (Blobs blobs = new DirectoryBlobs(local);
        Upload upload = blobs.begin("a")) {
      upload.write(1);
      assertThat(blobs.sweep(Instant.now().plusSeconds(60))).isZero();
      upload.commit();
      assertThat(blobs.exists("a")).isTrue();
    }
  }
}
