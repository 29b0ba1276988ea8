package io.dormouse.cli.image;

import io.dormouse.checkpoint.engines.DataEviction;
import io.dormouse.checkpoint.hosts.HostAbilities;
import io.dormouse.checkpoint.hosts.RestoreRules;
import io.dormouse.checkpoint.hosts.RestoreVerdict;
import io.dormouse.checkpoint.hosts.RestoreVerdict.No;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageMetadata;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds images that a host can't restore, as after a change of its kernel or its CPU. */
final class StaleImages {
  private StaleImages() {}

  /** Those of the images, in their order, with what speaks against them; woken ones are none. */
  static Map<Image, No> among(List<Image> images, HostAbilities host) {
    Map<Image, No> stale = new LinkedHashMap<>();
    for (Image image : images) {
      if (image instanceof Image.Published published
          && !published.claimed()
          && !holdsNoProcess(published.manifest().metadata())
          && RestoreRules.verdict(published.manifest().metadata().subject(), host)
              instanceof RestoreVerdict.No no) {
        stale.put(image, no);
      }
    }
    return stale;
  }

  /** Data comes back where its instance stands frozen, and nobody wakes a draft. */
  private static boolean holdsNoProcess(ImageMetadata image) {
    return image.isDraft() || image.engine().equals(DataEviction.IMAGE_ENGINE);
  }
}
