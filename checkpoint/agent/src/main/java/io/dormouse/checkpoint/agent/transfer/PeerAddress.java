package io.dormouse.checkpoint.agent.transfer;

import io.dormouse.checkpoint.pki.PeerName;

/**
 * Another agent of the cell.
 *
 * @param node as its certificate says
 * @param host where it listens; its certificate must name it
 * @param port 1 to 65535
 */
public record PeerAddress(String node, String host, int port) {
  private static final int PORT_MAX = 65_535;

  /** Checks all three. */
  public PeerAddress {
    if (port < 1 || port > PORT_MAX || host.isBlank() || !PeerName.isValid(node)) {
      throw new IllegalArgumentException(
          "The address (%s:%d) of the agent of node (%s) must be a host and a port, and the node a name."
              .formatted(host, port, node));
    }
  }
}
