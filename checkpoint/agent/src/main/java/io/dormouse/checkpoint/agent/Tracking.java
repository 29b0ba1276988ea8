package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.engines.Ability;
import io.dormouse.checkpoint.engines.Done;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.Pages;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.Stored;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which image an instance's memory is tracked against, so that the next dump leaves out what did
 * not change since. Whatever goes wrong costs the next dump that, and nothing else.
 */
final class Tracking {
  private static final Logger LOG = LoggerFactory.getLogger(Tracking.class);

  private Tracking() {}

  /** The pages of the image that a dump may be completed by; empty if it has to be whole. */
  static Optional<byte[]> base(Parts parts, String capsule) {
    Outcome<Optional<byte[]>> tracked = parts.engine().tracked(capsule);
    if (tracked instanceof Outcome.Failed<Optional<byte[]>> failed) {
      LOG.warn("capsule={} is dumped as a whole: {}", capsule, failed.failure().message());
      return Optional.empty();
    }
    return ((Outcome.Ok<Optional<byte[]>>) tracked).value();
  }

  /** The image of the last dump or restore is there, and the next may rely on it. */
  static void begin(Parts parts, String capsule, ImageId image) {
    boolean complete =
        parts.engine().pages(capsule) instanceof Outcome.Ok<Pages> told
            && told.value() == Pages.ALL_IN;
    if (!complete || !parts.engine().abilities().contains(Ability.TRACK)) {
      return;
    }
    Stored<byte[]> pages = parts.store().pages(image);
    if (pages instanceof Stored.Failed<byte[]> failed) {
      LOG.warn("capsule={} is not tracked: {}", capsule, failed.failure().message());
      return;
    }
    Outcome<Done> named = parts.engine().track(capsule, ((Stored.Ok<byte[]>) pages).value());
    if (named instanceof Outcome.Failed<Done> failed) {
      LOG.warn("capsule={} is not tracked: {}", capsule, failed.failure().message());
    }
  }
}
