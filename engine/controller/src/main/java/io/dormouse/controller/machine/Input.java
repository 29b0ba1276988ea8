package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerEvent;
import java.util.Optional;
import java.util.function.Consumer;

/** All that the state machine ever hears. */
public sealed interface Input {
  /** Time went on. */
  record Tick() implements Input {}

  /**
   * This controller leads the cell; older leaders can write no more.
   *
   * @param intents what was under way
   * @param records the instance registry
   * @param paused whether an operator has paused the cell
   */
  record LeadershipGained(
      Epoch epoch,
      ImmutableList<Intent> intents,
      ImmutableList<InstanceRecord> records,
      boolean paused)
      implements Input {}

  /** Another may lead the cell. */
  record LeadershipLost(String reason) implements Input {}

  /** The connection to the coordination service is in doubt: begin nothing new. */
  record Suspended() implements Input {}

  /** The connection is back within its session. */
  record Resumed() implements Input {}

  /** A write is durable. */
  record Written(long ticket) implements Input {}

  /** A write was refused, since the leadership that made it is over. */
  record Fenced(Epoch epoch, long ticket, String reason) implements Input {}

  /** The scheduler's adapter reported something. */
  record Scheduler(SchedulerEvent event) implements Input {}

  /** An agent answered an announcement; empty when no answer came. */
  record Announced(NodeId node, Epoch epoch, Optional<AnnounceReply> reply) implements Input {}

  /** An agent answered a command; empty when no answer came, so that what it did is unknown. */
  record Answered(NodeId node, String requestId, Optional<AgentResult> result) implements Input {}

  /** An agent reported something. */
  record Reported(NodeId node, AgentEvent event) implements Input {}

  /** The stream from an agent broke. */
  record Disconnected(NodeId node, String reason) implements Input {}

  /**
   * An operator wants an instance moved.
   *
   * @param answer is told what became of that, at once and on the state machine's thread
   */
  record Wished(MoveWish wish, Consumer<WishAnswer> answer) implements Input {}

  /** An operator set the cell's mode; heard by a leader only. */
  record ModeSet(Mode mode, String reason) implements Input {}
}
