package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.telemetry.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Runs instances by id ({@link InstanceSpec#id}). All state is in files, so a new engine on the
 * same directory finds the instances of an old one; instances do not depend on the engine's
 * process.
 */
public interface InstanceEngine extends CheckpointEngine<String> {
  /** Starts an instance; returns once its process is there. */
  Outcome<InstanceState> start(InstanceSpec spec, Duration timeout);

  /**
   * Brings an image back as a new life that makes no progress before {@link #thaw}. The caller has
   * verified and claimed the image. After a failure nothing of the new life is left.
   */
  Outcome<InstanceState> restoreFrozen(RestoreRequest request);

  /**
   * How an instance stands; empty if nothing is known of it. A failure says that it can't be told:
   * then it must be taken for as it was.
   */
  Outcome<Optional<InstanceState>> inspect(String id);

  /** The ids of all that have anything here, be it what was left of a start that was cut short. */
  Outcome<List<String>> ids();

  /**
   * The ids of those that ended by themselves, as far as that shows at a glance at all of them;
   * also of others that are over, until they are deleted. Whoever was killed together with its
   * supervisor shows in {@link #usage} only.
   */
  Outcome<List<String>> ended();

  /**
   * How much of its memory a restored instance has; {@link Pages#COMING} only after a restore that
   * was asked to be lazy.
   */
  default Outcome<Pages> pages(String id) {
    return Outcome.ok(Pages.ALL_IN);
  }

  /** What it uses; a failure where that can't be told, also since nothing of it runs. */
  Outcome<Usage> usage(String id);

  /** Where a living instance keeps its data; a failure without {@link Ability#DATA}. */
  default Outcome<InstanceData> data(String id) {
    // Anybody of the same user can let a stopped process go on, and it would find holes.
    return Outcome.failed(
        new EngineFailure.Unsupported(
            "Evicting the data of a plain process", "run it in a capsule."));
  }

  /**
   * What {@link #track} was told of the image since which changes of its memory are known; empty if
   * a dump has to take all of it.
   */
  default Outcome<Optional<byte[]>> tracked(String id) {
    return Outcome.ok(Optional.empty());
  }

  /**
   * Says that the last dump or restore is an image that can be relied on, and which. Until then,
   * and after a dump that was begun since, {@link #tracked} is empty. Nothing where memory is not
   * tracked.
   *
   * @param image kept as it is
   */
  default Outcome<Done> track(String id, byte[] image) {
    return Outcome.ok(new Done(Duration.ZERO));
  }

  /**
   * Kills what runs of it and removes all of it: processes, cgroup, mounts, layer, records. Fine if
   * gone already.
   */
  Outcome<Done> delete(String id, Duration timeout);
}
