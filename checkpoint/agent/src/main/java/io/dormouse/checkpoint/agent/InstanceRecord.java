package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that the agent must know of an instance after a restart. Written before the act that it
 * announces: what the engine then finds says whether the act was done.
 *
 * @param origin whose it is and what it runs under
 * @param state as told to leaders
 * @param life the capsule; none while a launcher waits for a restore
 * @param lease while frozen
 * @param images what it has to do with the store
 * @param end once it ended or was released
 */
record InstanceRecord(
    Origin origin,
    InstanceState state,
    @Nullable Life life,
    @Nullable Lease lease,
    Images images,
    @Nullable End end) {

  /** {@code memoryLimitBytes}: 0 = no limit. */
  record Origin(
      String instance, String container, long ownerUid, long ownerGid, long memoryLimitBytes) {}

  /**
   * One life.
   *
   * @param capsule the engine's name of it
   * @param parent the image it was woken from
   * @param kind hash of what it runs; null in records of earlier agents
   */
  record Life(UUID generation, String capsule, @Nullable UUID parent, @Nullable String kind) {}

  /** {@code untilEpochMillis}: by the wall clock, for the time after a restart only. */
  record Lease(long millis, long untilEpochMillis) {}

  /**
   * @param dumping an image that is being written and not published for sure
   * @param dumped the published image of the stop that the instance is frozen at
   * @param claimed the image that this life was, or is being, restored from; none from the moment
   *     on at which it is to be thawed, since then the image is used up
   * @param restoring the generation of a restore under way
   * @param stale images that must go since the instance ran on
   * @param evicted what of its data may be in the store only: while this is on record, nothing of
   *     the instance may run
   */
  record Images(
      @Nullable UUID dumping,
      @Nullable UUID dumped,
      @Nullable UUID claimed,
      @Nullable UUID restoring,
      List<UUID> stale,
      @Nullable Evicted evicted) {
    static final Images NONE = new Images(null, null, null, null, List.of(), null);

    Images {
      stale = List.copyOf(stale);
    }

    Images dumping(@Nullable UUID generation) {
      return new Images(generation, dumped, claimed, restoring, stale, evicted);
    }

    Images dumped(@Nullable UUID generation) {
      return new Images(null, generation, claimed, restoring, stale, evicted);
    }

    Images claimed(@Nullable UUID image, @Nullable UUID newGeneration) {
      return new Images(dumping, dumped, image, newGeneration, stale, evicted);
    }

    Images withoutStale(UUID generation) {
      return new Images(
          dumping,
          dumped,
          claimed,
          restoring,
          stale.stream().filter(g -> !g.equals(generation)).toList(),
          evicted);
    }

    /** The instance runs on from where it stopped: no image of that stop may ever be woken. */
    Images sourceWins() {
      List<UUID> all = new ArrayList<>(stale);
      if (dumping != null) {
        all.add(dumping);
      }
      if (dumped != null) {
        all.add(dumped);
      }
      return new Images(null, null, claimed, restoring, all, evicted);
    }

    /** The image that was being written holds data that is no longer on disk for sure. */
    Images evicted(Evicted data) {
      return new Images(null, dumped, claimed, restoring, stale, data);
    }

    /** All data is on disk, or is needed no more. */
    Images withoutEvicted() {
      List<UUID> all = new ArrayList<>(stale);
      if (evicted != null) {
        all.add(evicted.image());
      }
      return new Images(dumping, dumped, claimed, restoring, all, null);
    }
  }

  /**
   * Data that may be in the store only.
   *
   * @param image the snapshot of it
   * @param bytes what it took on disk
   * @param complete whether all of it was taken off the disk
   */
  record Evicted(UUID image, long bytes, boolean complete) {}

  /** {@code cleaned}: whether nothing of the capsule is left. */
  record End(EndReason reason, int exitCode, String detail, boolean cleaned, long atEpochMillis) {}

  /** As controllers are told of it, without what is measured. */
  InstanceStatus status() {
    InstanceStatus.Builder status =
        InstanceStatus.newBuilder()
            .setInstance(origin.instance())
            .setState(state)
            .setOwnerUid(origin.ownerUid())
            .setContainer(origin.container());
    if (life != null) {
      status.setGeneration(life.generation().toString());
    }
    if (images.evicted() != null) {
      status.setEvictedBytes(images.evicted().bytes());
    }
    return status.build();
  }

  boolean isOver() {
    return state == InstanceState.ENDED || state == InstanceState.RELEASED;
  }

  boolean isFrozen() {
    return state == InstanceState.FROZEN || state == InstanceState.RESTORED_FROZEN;
  }

  /**
   * Whether it was restored and its thaw was begun: it may have run already, so that the thaw must
   * be finished, and its image must never be given back.
   */
  boolean isThawing() {
    return state == InstanceState.RESTORED_FROZEN && images.claimed() == null;
  }

  InstanceRecord with(InstanceState newState, @Nullable Lease newLease) {
    return new InstanceRecord(origin, newState, life, newLease, images, end);
  }

  InstanceRecord with(Images newImages) {
    return new InstanceRecord(origin, state, life, lease, newImages, end);
  }

  InstanceRecord with(@Nullable Life newLife) {
    return new InstanceRecord(origin, state, newLife, lease, images, end);
  }

  /** Over, as {@link #isOver} says. */
  InstanceRecord over(InstanceState newState, End newEnd) {
    return new InstanceRecord(origin, newState, life, null, images, newEnd);
  }
}
