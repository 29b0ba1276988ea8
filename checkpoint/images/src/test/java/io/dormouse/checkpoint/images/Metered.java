package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.packs.CorruptPackException;
import io.dormouse.checkpoint.images.packs.PackSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Counts, cuts or changes what goes over. Bytes are counted over all that is read. */
final class Metered implements ImageOffer, PackSource {
  private final ImageOffer offer;
  final byte[] manifest;
  final byte[] table;
  long bytes;
  long leftBytes = Long.MAX_VALUE;
  long flipAt = -1;

  /** What was said the table may have; -1 as long as nobody asked for it. */
  int tableBytesMax = -1;

  Metered(ImageOffer offer) throws IOException {
    this.offer = offer;
    this.manifest = offer.manifest();
    this.table = offer.table(Integer.MAX_VALUE);
  }

  /** Of its only pack. */
  long length() throws IOException {
    String name = new String(manifest, StandardCharsets.US_ASCII);
    int at = name.indexOf("\"packs\"");
    return offer.packs().length(UUID.fromString(name.substring(at).split("\"")[3]));
  }

  @Override
  public ImageId id() {
    return offer.id();
  }

  @Override
  public byte[] manifest() {
    return manifest.clone();
  }

  @Override
  public byte[] table(int bytesMax) {
    tableBytesMax = bytesMax;
    return table.clone();
  }

  @Override
  public PackSource packs() {
    return this;
  }

  @Override
  public long length(UUID pack) throws IOException {
    return offer.packs().length(pack);
  }

  @Override
  public void read(UUID pack, List<Range> ranges, Sink sink)
      throws IOException, CorruptPackException {
    for (Range range : ranges) {
      long[] at = {range.position()};
      offer
          .packs()
          .read(
              pack,
              List.of(range),
              (some, offset, length) -> {
                byte[] changed = Arrays.copyOfRange(some, offset, offset + length);
                if (flipAt >= at[0] && flipAt < at[0] + length) {
                  changed[(int) (flipAt - at[0])] ^= 4;
                }
                at[0] += length;
                bytes += length;
                leftBytes -= length;
                if (leftBytes < 0) {
                  throw new IOException("the connection broke");
                }
                sink.take(changed, 0, length);
              });
    }
  }
}
