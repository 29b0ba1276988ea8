package io.dormouse.cli.image;

import io.dormouse.checkpoint.hosts.HostAbilities;
import io.dormouse.checkpoint.hosts.RestoreRules;
import io.dormouse.checkpoint.hosts.RestoreVerdict;
import io.dormouse.checkpoint.hosts.RestoreVerdict.No;
import io.dormouse.checkpoint.images.Image;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds images that a host can't restore, as after a change of its kernel or its CPU. */
final class StaleImages {
  private StaleImages() {}

  /**
   * Those of the images, in their order, with what speaks against them; what was woken, or holds no
   * process, is none.
   */
  static Map<Image, No> among(List<Image> images, HostAbilities host) {
    Map<Image, No> stale = new LinkedHashMap<>();
    for (Image image : images) {
      if (image instanceof Image.Published published
          && !published.claimed()
          && published.manifest().metadata().holdsProcess()
          && RestoreRules.verdict(published.manifest().metadata().subject(), host)
              instanceof RestoreVerdict.No no) {
        stale.put(image, no);
      }
    }
    return stale;
  }
}
