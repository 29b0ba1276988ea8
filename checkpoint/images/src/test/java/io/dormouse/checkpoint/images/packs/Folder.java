package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.DirectoryBlobs;
import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** Packs in a folder. */
record Folder(DirectoryBlobs blobs) implements ImagePacker.Destination, ImageUnpacker.Source {
  Path of(UUID pack) {
    return blobs.root().resolve(pack + ".pack");
  }

  @Override
  public Upload create(UUID pack) throws IOException {
    return blobs.begin(pack + ".pack");
  }

  @Override
  public void readBack(UUID pack) {}

  @Override
  public ReadableBlob open(UUID pack) throws IOException {
    return blobs.open(pack + ".pack");
  }
}
