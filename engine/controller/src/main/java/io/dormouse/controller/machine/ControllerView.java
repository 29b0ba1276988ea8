package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.dormouse.checkpoint.agentapi.proto.Host;
import io.dormouse.checkpoint.agentapi.proto.NodeUsage;
import io.dormouse.checkpoint.agentapi.proto.Usage;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;
import java.time.Instant;
import java.util.Optional;

/**
 * What the state machine knew at one moment. Immutable; all that readers outside of it ever see.
 *
 * @param at when
 * @param cell the cell
 * @param mode whether decisions are carried out
 * @param epoch of this leader; empty for a follower
 * @param suspended whether the connection to the coordination service is in doubt
 * @param schedulerConnected whether the scheduler's state is known
 * @param agents the cell's agents
 * @param nodes the scheduler's nodes
 * @param instances all instances
 * @param actions what is under way
 * @param queuedTasks tasks that wait for an instance
 * @param counters totals since the start, by metric name
 */
public record ControllerView(
    Instant at,
    String cell,
    Mode mode,
    Optional<Epoch> epoch,
    boolean suspended,
    boolean schedulerConnected,
    ImmutableList<AgentView> agents,
    ImmutableList<Node> nodes,
    ImmutableList<InstanceView> instances,
    ImmutableList<Intent> actions,
    int queuedTasks,
    ImmutableMap<String, Long> counters) {

  /** All counters, at zero. */
  public static ImmutableMap<String, Long> noCounts() {
    return new Tally().totals();
  }

  /** Whether it leads its cell. */
  public boolean leader() {
    return epoch.isPresent();
  }

  /**
   * An agent.
   *
   * @param acknowledged whether it follows this leader
   * @param levels where it can take instances
   * @param host what it tells of its host; nothing is set while it was never heard
   * @param usage what is used of its node; empty while it does not tell
   */
  public record AgentView(
      NodeId node,
      boolean connected,
      boolean acknowledged,
      ImmutableSet<String> schedulerNodes,
      ImmutableSet<HibernationLevel> levels,
      Host host,
      int instances,
      Optional<NodeUsage> usage) {}

  /**
   * An instance.
   *
   * @param record its registry entry, where it has one
   * @param at the agent that has its process, or else its image; empty while none is known
   * @param usage what its process uses, where there is one and its agent tells
   * @param noImage why no image of it can be taken, as its agent learned; empty while nothing is
   *     known against it
   */
  public record InstanceView(
      Instance instance,
      Optional<InstanceRecord> record,
      Optional<NodeId> at,
      Optional<Usage> usage,
      Optional<String> noImage) {}
}
