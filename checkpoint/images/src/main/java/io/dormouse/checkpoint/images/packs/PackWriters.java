package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Blobs;
import java.io.IOException;
import java.util.List;

/** Who writes images at the moment. */
public final class PackWriters {
  private PackWriters() {}

  /**
   * The names of a domain's images that are being written; a writer that died counts for a day, or
   * until its image is deleted.
   */
  public static List<String> of(Blobs blobs, String domain) throws IOException {
    return new Pins(blobs).images(domain);
  }
}
