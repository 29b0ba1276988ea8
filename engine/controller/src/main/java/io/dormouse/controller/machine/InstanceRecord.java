package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Optional;

/**
 * What the registry durably knows of an instance that was hibernated at least once.
 *
 * @param id lineage key
 * @param workloadClass its class
 * @param level where it is; TERMINATED while only its images are left to discard
 * @param life generation that runs or ran last; empty while unknown
 * @param image generation of the image that it wakes from; empty unless it is at a level with one
 * @param node the agent that holds its process; without one, the agent that has its image, and at
 *     L4 a copy of it on fast storage; empty while unknown
 * @param alsoAt another agent whose store, which may be its own, has the image too; it goes there
 *     as well once nobody may wake it
 * @param owner user id on the node; -1 while unknown
 * @param garbage images that nobody may wake, still to be discarded; no action that makes another
 *     begins while there are {@value #MAX_GARBAGE}
 * @param reason how it came to this level
 * @param since when it came to this level
 */
public record InstanceRecord(
    InstanceId id,
    WorkloadClassId workloadClass,
    HibernationLevel level,
    String life,
    String image,
    Optional<NodeId> node,
    Optional<NodeId> alsoAt,
    long owner,
    ImmutableList<Garbage> garbage,
    String reason,
    Instant since) {
  /** Most images that an instance may have waiting to be discarded. */
  public static final int MAX_GARBAGE = 16;

  /**
   * An image that nobody may wake.
   *
   * @param at the agent whose store, which may be its own, has it; empty while unknown
   */
  public record Garbage(String generation, Optional<NodeId> at) {}

  /** An instance that runs and has no image. */
  static InstanceRecord awake(InstanceId id, WorkloadClassId workloadClass, Instant now) {
    return new InstanceRecord(
        id,
        workloadClass,
        HibernationLevel.AWAKE,
        "",
        "",
        Optional.empty(),
        Optional.empty(),
        -1,
        ImmutableList.of(),
        "",
        now);
  }

  /** It runs at a node. */
  InstanceRecord running(String newLife, Optional<NodeId> at, String why, Instant now) {
    return copy(HibernationLevel.AWAKE, newLife, image, at, why, now);
  }

  /** It is frozen at a node. */
  InstanceRecord frozen(NodeId at, String frozenLife, Instant now) {
    return copy(HibernationLevel.L1_RETAINED, frozenLife, "", Optional.of(at), "hibernated", now);
  }

  /** It is frozen at a node, with its data in an image. */
  InstanceRecord evicted(NodeId at, String frozenLife, String newImage, Instant now) {
    return copy(
        HibernationLevel.L2_DATA_SNAPSHOT,
        frozenLife,
        newImage,
        Optional.of(at),
        "hibernated",
        now);
  }

  /** Whether its process is frozen in RAM. */
  boolean isFrozen() {
    return level == HibernationLevel.L1_RETAINED || level == HibernationLevel.L2_DATA_SNAPSHOT;
  }

  /** All of it is in an image at {@code source}; and so is its process, if there still is one. */
  InstanceRecord imaged(String newImage, Optional<NodeId> source, String why, Instant now) {
    return copy(HibernationLevel.L3_FULL_SNAPSHOT, life, newImage, source, why, now);
  }

  /** The same, and a node has a copy of the image on fast storage. */
  InstanceRecord cached(String newImage, NodeId at, String why, Instant now) {
    return copy(HibernationLevel.L4_KERNEL_SNAPSHOT, life, newImage, Optional.of(at), why, now);
  }

  /** Its image is at an agent where it was before, too. */
  InstanceRecord withImageAlsoAt(NodeId earlier) {
    return copy(image, Optional.of(earlier), owner, garbage);
  }

  /** Whether all of it is in an image, which any node may restore. */
  boolean isImaged() {
    return level.isImaged();
  }

  /** It is gone for good. */
  InstanceRecord ended(String why, Instant now) {
    return copy(HibernationLevel.TERMINATED, life, image, node, why, now).discarding(image);
  }

  /** Nobody may wake an image any more that is where the instance is. */
  InstanceRecord discarding(String generation) {
    return discarding(generation, node);
  }

  /** Nobody may wake an image any more that is at an agent. */
  InstanceRecord discarding(String generation, Optional<NodeId> at) {
    if (generation.isEmpty()) {
      return this;
    }
    ImmutableSet.Builder<Garbage> more = ImmutableSet.builder();
    more.addAll(garbage).add(new Garbage(generation, at));
    if (!image.equals(generation)) {
      return copy(image, alsoAt, owner, more.build().asList());
    }
    alsoAt.ifPresent(other -> more.add(new Garbage(generation, Optional.of(other))));
    return copy("", Optional.empty(), owner, more.build().asList());
  }

  /** An image is discarded. */
  InstanceRecord discarded(Garbage gone) {
    ImmutableList<Garbage> less =
        garbage.stream()
            .filter(other -> !other.equals(gone))
            .collect(ImmutableList.toImmutableList());
    return copy(image, alsoAt, owner, less);
  }

  /** The user it belongs to is known. */
  InstanceRecord ownedBy(long uid) {
    return copy(image, alsoAt, uid, garbage);
  }

  /** Whether nothing is left of it. */
  boolean isEmpty() {
    return level == HibernationLevel.TERMINATED && garbage.isEmpty();
  }

  private InstanceRecord copy(
      String newImage,
      Optional<NodeId> newAlsoAt,
      long newOwner,
      ImmutableList<Garbage> newGarbage) {
    return new InstanceRecord(
        id,
        workloadClass,
        level,
        life,
        newImage,
        node,
        newAlsoAt,
        newOwner,
        newGarbage,
        reason,
        since);
  }

  private InstanceRecord copy(
      HibernationLevel newLevel,
      String newLife,
      String newImage,
      Optional<NodeId> at,
      String why,
      Instant now) {
    Optional<NodeId> other = newImage.equals(image) ? alsoAt : Optional.empty();
    return new InstanceRecord(
        id, workloadClass, newLevel, newLife, newImage, at, other, owner, garbage, why, now);
  }
}
