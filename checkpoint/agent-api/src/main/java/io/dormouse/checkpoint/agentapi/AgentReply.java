package io.dormouse.checkpoint.agentapi;

/**
 * What came of a call to an agent.
 *
 * @param <T> the agent's answer
 */
public sealed interface AgentReply<T> {
  /** The agent answered; the answer itself may be a failure. */
  record Answered<T>(T value) implements AgentReply<T> {}

  /**
   * No answer. Whether the agent acted is unknown unless {@code begun} is false: send the same
   * request id again.
   *
   * @param status gRPC's status code name, such as {@code UNAVAILABLE}
   * @param message for people
   * @param begun false only if the agent certainly did not begin
   */
  record NoAnswer<T>(String status, String message, boolean begun) implements AgentReply<T> {}
}
