package io.dormouse.engine.model;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;

/**
 * One running or hibernated copy of a workload.
 *
 * @param id lineage key
 * @param workloadClass what it is a copy of
 * @param node where it runs; empty where it holds no node (L3, being placed)
 * @param phase what it is doing
 * @param level where it is between running and gone; the source level while it changes
 * @param phaseSince when it entered its phase
 * @param allocated what the scheduler has set aside for it; {@link Resources#NONE} once released
 * @param residentBytes memory it really uses (or used last), bytes
 * @param idleCoreFraction share of a core that it burns while idle, measured, at least 0
 * @param interruptibility how it may be interrupted
 * @param reachable the levels that it can be taken to and brought back from, by what the agents can
 *     do that hold it or would restore it; AWAKE and TERMINATED always are, named or not
 */
public record Instance(
    InstanceId id,
    WorkloadClassId workloadClass,
    Optional<NodeId> node,
    InstancePhase phase,
    HibernationLevel level,
    Instant phaseSince,
    Resources allocated,
    long residentBytes,
    double idleCoreFraction,
    Interruptibility interruptibility,
    ImmutableSet<HibernationLevel> reachable) {
  private static final ImmutableSet<HibernationLevel> ALL =
      Sets.immutableEnumSet(EnumSet.allOf(HibernationLevel.class));

  /** An instance for which nothing is known to stand against any level. */
  public Instance(
      InstanceId id,
      WorkloadClassId workloadClass,
      Optional<NodeId> node,
      InstancePhase phase,
      HibernationLevel level,
      Instant phaseSince,
      Resources allocated,
      long residentBytes,
      double idleCoreFraction,
      Interruptibility interruptibility) {
    this(
        id,
        workloadClass,
        node,
        phase,
        level,
        phaseSince,
        allocated,
        residentBytes,
        idleCoreFraction,
        interruptibility,
        ALL);
  }

  /** Whether it could be at a level, and come back from there. */
  public boolean canBeAt(HibernationLevel there) {
    return there == HibernationLevel.AWAKE
        || there == HibernationLevel.TERMINATED
        || reachable.contains(there);
  }

  /** The same instance where other levels can be reached. */
  public Instance withReachable(ImmutableSet<HibernationLevel> changed) {
    return new Instance(
        id,
        workloadClass,
        node,
        phase,
        level,
        phaseSince,
        allocated,
        residentBytes,
        idleCoreFraction,
        interruptibility,
        changed);
  }

  /** Checks the measured quantities. */
  public Instance {
    if (residentBytes < 0) {
      throw new IllegalArgumentException(
          "The residentBytes (%d) of instance (%s) must not be negative."
              .formatted(residentBytes, id));
    }
    if (!(idleCoreFraction >= 0) || Double.isInfinite(idleCoreFraction)) {
      throw new IllegalArgumentException(
          "The idleCoreFraction (%s) of instance (%s) must be finite and not negative."
              .formatted(idleCoreFraction, id));
    }
  }
}
