package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.dormouse.checkpoint.agentapi.HostMessages;
import io.dormouse.checkpoint.agentapi.proto.Abilities;
import io.dormouse.checkpoint.agentapi.proto.Host;
import io.dormouse.checkpoint.hosts.RestoreRules;
import io.dormouse.checkpoint.hosts.RestoreVerdict;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.NodeId;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What agents can do, by what they said last, whether or not they are heard just now; and so, to
 * which levels instances can be taken and brought back from. Not thread-safe.
 */
final class Reach {
  private static final Abilities NONE = Abilities.getDefaultInstance();

  private final Map<NodeId, Abilities> agents = new HashMap<>();
  private int restorers;

  /** Whether images can be restored by some agent since this, or by none any more. */
  boolean heard(NodeId node, Abilities abilities) {
    boolean before = restorers > 0;
    Abilities old = agents.put(node, abilities);
    restorers += (abilities.getImage() ? 1 : 0) - (old != null && old.getImage() ? 1 : 0);
    return before != restorers > 0;
  }

  /** Whether an image can be brought back at a node. */
  boolean restoresAt(NodeId node) {
    return abilities(node).getImage();
  }

  /** Whether what one node dumps can be restored at another, as far as is known of the two. */
  RestoreVerdict verdict(NodeId source, NodeId target) {
    return RestoreRules.verdict(
        HostMessages.subject(host(source)), HostMessages.abilities(host(target)));
  }

  /** As its agent tells of it; nothing is set while it was never heard. */
  Host host(NodeId node) {
    return abilities(node).getHost();
  }

  /** Whether a node keeps copies of images on fast storage. */
  boolean keepsCopiesAt(NodeId node) {
    return abilities(node).getLazy();
  }

  /**
   * The levels within an instance's reach.
   *
   * @param place where its process is
   * @param level where it is now
   * @param heard whether the agent there is heard: what is frozen in RAM can be thawed by that one
   *     and by no other
   * @param imageable whether nothing is known there against an image of it
   */
  ImmutableSet<HibernationLevel> of(
      Optional<NodeId> place, HibernationLevel level, boolean heard, boolean imageable) {
    Abilities here = place.map(this::abilities).orElse(NONE);
    EnumSet<HibernationLevel> levels = EnumSet.noneOf(HibernationLevel.class);
    if (level == HibernationLevel.L1_RETAINED ? heard : here.getFreeze()) {
      levels.add(HibernationLevel.L1_RETAINED);
    }
    if (level == HibernationLevel.L2_DATA_SNAPSHOT ? heard : here.getData()) {
      levels.add(HibernationLevel.L2_DATA_SNAPSHOT);
    }
    boolean cached = level == HibernationLevel.L4_KERNEL_SNAPSHOT;
    boolean imaged = cached || level == HibernationLevel.L3_FULL_SNAPSHOT;
    boolean canBeImaged = here.getImage() && imageable;
    if (imaged ? restorers > 0 : canBeImaged) {
      levels.add(HibernationLevel.L3_FULL_SNAPSHOT);
    }
    // The copy is an accelerator only: what the node lost comes from the store.
    if (cached ? restorers > 0 : !imaged && canBeImaged && here.getLazy()) {
      levels.add(HibernationLevel.L4_KERNEL_SNAPSHOT);
    }
    return Sets.immutableEnumSet(levels);
  }

  /** The levels that an agent offers. */
  ImmutableSet<HibernationLevel> at(NodeId node) {
    return of(Optional.of(node), HibernationLevel.AWAKE, true, true);
  }

  private Abilities abilities(NodeId node) {
    return agents.getOrDefault(node, NONE);
  }
}
