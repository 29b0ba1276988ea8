package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;

/** The cell's node agents. No method blocks; answers come as inputs. */
public interface Agents {
  /** Announces a leader's epoch; {@link Input.Announced} answers. */
  void announce(NodeId node, Epoch epoch);

  /** Has a command carried out; {@link Input.Answered} answers. */
  void execute(NodeId node, AgentCommand command);
}
