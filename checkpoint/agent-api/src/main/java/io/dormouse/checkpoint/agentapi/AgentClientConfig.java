package io.dormouse.checkpoint.agentapi;

import java.time.Duration;

/**
 * Where an agent is and how patient its client is.
 *
 * @param node the node whose agent this must be, as its certificate says
 * @param host address of the agent; its certificate must name it
 * @param port TCP port, 1 to 65535
 * @param announceDeadline longest wait for an announcement's reply
 * @param commandDeadline longest wait for a command's result, when the command itself carries no
 *     timeout
 * @param backOffFirst pause before the first reconnection of a watch; doubles up to {@code
 *     backOffMax}
 * @param backOffMax longest pause between reconnections
 */
public record AgentClientConfig(
    String node,
    String host,
    int port,
    Duration announceDeadline,
    Duration commandDeadline,
    Duration backOffFirst,
    Duration backOffMax) {
  /** Checks ranges. */
  public AgentClientConfig {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          String.format(
              "The port (%d) of agent %s must be from 1 to 65535.%n"
                  + "Maybe read it from the agent's port file.",
              port, host));
    }
    positive("announceDeadline", announceDeadline);
    positive("commandDeadline", commandDeadline);
    positive("backOffFirst", backOffFirst);
    if (backOffMax.compareTo(backOffFirst) < 0) {
      throw new IllegalArgumentException(
          String.format(
              "The backOffMax (%s) must be at least the backOffFirst (%s).%nMaybe swap the two.",
              backOffMax, backOffFirst));
    }
  }

  /**
   * 30 s for announcements (the agent lets what an older leader began finish first), 2 min for
   * commands, reconnections after 100 ms to 5 s.
   */
  public static AgentClientConfig of(String node, String host, int port) {
    return new AgentClientConfig(
        node,
        host,
        port,
        Duration.ofSeconds(30),
        Duration.ofMinutes(2),
        Duration.ofMillis(100),
        Duration.ofSeconds(5));
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          String.format(
              "The %s (%s) must be positive.%nMaybe a unit is missing in the configuration.",
              name, value));
    }
  }
}
