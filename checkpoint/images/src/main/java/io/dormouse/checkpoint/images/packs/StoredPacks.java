package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** The packs of a domain among a store's blobs. */
record StoredPacks(Blobs blobs, String domain) implements PackSource {
  private static final int PIECE_BYTES = 256 << 10;

  private ReadableBlob open(UUID pack) throws IOException {
    return blobs.open(new PackName(domain, pack).blob());
  }

  @Override
  public long length(UUID pack) throws IOException {
    try (ReadableBlob blob = open(pack)) {
      return blob.length();
    }
  }

  @Override
  public void read(UUID pack, List<Range> ranges, Sink sink)
      throws IOException, CorruptPackException {
    try (ReadableBlob blob = open(pack)) {
      for (Range range : ranges) {
        for (long at = range.position(); at < range.end(); at += PIECE_BYTES) {
          byte[] piece = blob.read(at, (int) Math.min(PIECE_BYTES, range.end() - at));
          sink.take(piece, 0, piece.length);
        }
      }
    }
  }
}
