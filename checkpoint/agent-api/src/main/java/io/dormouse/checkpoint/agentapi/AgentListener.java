package io.dormouse.checkpoint.agentapi;

import io.dormouse.checkpoint.agentapi.proto.AgentEvent;

/**
 * Hears what an agent reports. Calls come one at a time and should be quick: they hold the stream
 * up.
 */
public interface AgentListener {
  /** An inventory first, after each reconnection again; then what changes. */
  void event(AgentEvent event);

  /**
   * The stream broke, or could not be opened; the client tries again after a pause. What happens at
   * the agent meanwhile shows in the next inventory.
   *
   * @param reason for people
   */
  void disconnected(String reason);
}
