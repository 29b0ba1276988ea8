package io.dormouse.checkpoint.agentapi;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where an agent is and how patient its client is.
 *
 * @param host address of the agent; loopback, since the token travels in clear text
 * @param port TCP port, 1 to 65535
 * @param tokenFile file with the bearer token, mode 0600
 * @param announceDeadline longest wait for an announcement's reply
 * @param commandDeadline longest wait for a command's result, when the command itself carries no
 *     timeout
 * @param backOffFirst pause before the first reconnection of a watch; doubles up to {@code
 *     backOffMax}
 * @param backOffMax longest pause between reconnections
 */
public record AgentClientConfig(
    String host,
    int port,
    Path tokenFile,
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
    requireLoopback(host);
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
  public static AgentClientConfig of(String host, int port, Path tokenFile) {
    return new AgentClientConfig(
        host,
        port,
        tokenFile,
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

  private static void requireLoopback(String host) {
    try {
      if (InetAddress.getByName(host).isLoopbackAddress()) {
        return;
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          String.format("The host (%s) is unknown.%nMaybe use 127.0.0.1.", host), e);
    }
    throw new IllegalArgumentException(
        String.format(
            "The host (%s) must be a loopback address: the token travels in clear text.%n"
                + "Maybe use 127.0.0.1.",
            host));
  }
}
