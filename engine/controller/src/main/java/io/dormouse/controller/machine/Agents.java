package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;

/** The cell's node agents. No method blocks; answers come as inputs. */
public interface Agents {
  /**
   * Where an agent listens.
   *
   * @param host as its certificate names it
   * @param port 1 to 65535
   */
  record Address(String host, int port) {}

  /** Where other agents find an agent of this cell. */
  Address address(NodeId node);

  /** Announces a leader's epoch; {@link Input.Announced} answers. */
  void announce(NodeId node, Epoch epoch);

  /** Has a command carried out; {@link Input.Answered} answers. */
  void execute(NodeId node, AgentCommand command);
}
