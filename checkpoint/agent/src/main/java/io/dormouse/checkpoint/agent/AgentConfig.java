package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.images.StoreLocation;
import io.dormouse.checkpoint.images.upkeep.StoreRules;
import io.dormouse.checkpoint.pki.TlsFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How one agent is set up.
 *
 * @param node this node's name, unique in its cell
 * @param stateDirectory the agent's own; its parents must let users of instances pass (mode x)
 * @param imageStore shared by all nodes of a cell, and its keys with it
 * @param rules what owners may store, and what of it goes by itself
 * @param socket the Unix socket for thin clients, at most 100 bytes
 * @param listen where controllers connect
 * @param tls its certificate, which must be that of the agent of this node
 * @param readOnlyPaths absolute host paths that capsules see beside the usual ones, such as a JDK's
 * @param leases limits of leases
 * @param engine see {@link EngineChoice}
 * @param dumpsAtOnce dumps that may run at once, from 1 on
 * @param fastStorage where copies of images lie from which instances wake before their pages are
 *     in; none without
 * @param schedulerUids users, beside root, that may tell the node's names at schedulers
 * @param trialDumps whether an instance of each kind is dumped for trial while it rests
 * @param endInstancesOnShutdown end all instances when the agent is closed; else they stay, as they
 *     are, for the next
 */
public record AgentConfig(
    String node,
    Path stateDirectory,
    StoreLocation imageStore,
    StoreRules rules,
    Path socket,
    Listen listen,
    TlsFiles tls,
    List<Path> readOnlyPaths,
    LeaseLimits leases,
    EngineChoice engine,
    int dumpsAtOnce,
    Optional<FastStorage> fastStorage,
    Set<Long> schedulerUids,
    boolean trialDumps,
    boolean endInstancesOnShutdown) {
  private static final int SOCKET_PATH_MAX = 100;

  /**
   * Where controllers connect.
   *
   * @param bind an address of this machine; loopback unless others must reach it
   * @param port 0 for any free one
   * @param portFile written with the port once the agent listens
   */
  public record Listen(String bind, int port, Optional<Path> portFile) {
    /** Checks the port. */
    public Listen {
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException(
            String.format(
                "The port (%d) of an agent must be from 0 to 65535.%nMaybe use 0 for a free one.",
                port));
      }
    }
  }

  /**
   * Storage that is quick to read from at any place.
   *
   * @param directory on a file system in memory or on NVMe; this agent alone uses it
   * @param capacityBytes what copies may take of it
   */
  public record FastStorage(Path directory, long capacityBytes) {
    /** Checks the capacity. */
    public FastStorage {
      if (capacityBytes < 1) {
        throw new IllegalArgumentException(
            String.format(
                "The capacity (%d bytes) of the fast storage %s must be positive.%n"
                    + "Maybe leave the fast storage out.",
                capacityBytes, directory));
      }
    }
  }

  /** Checks what can be checked without the host. */
  public AgentConfig {
    if (!node.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,127}")) {
      throw new IllegalArgumentException(
          String.format(
              "The node (%s) must be 1 to 128 of letters, digits, '.', '_' and '-'.%n"
                  + "Maybe use the host's name.",
              node));
    }
    if (socket.toAbsolutePath().toString().length() > SOCKET_PATH_MAX) {
      throw new IllegalArgumentException(
          String.format(
              "The length (%d) of the socket's path %s must be at most %d.%n"
                  + "Maybe use a folder nearer to the root, such as /run/dormouse.",
              socket.toAbsolutePath().toString().length(), socket, SOCKET_PATH_MAX));
    }
    if (dumpsAtOnce < 1) {
      throw new IllegalArgumentException(
          String.format(
              "The dumpsAtOnce (%d) must be positive.%nMaybe use the default, 2.", dumpsAtOnce));
    }
    readOnlyPaths = List.copyOf(readOnlyPaths);
    schedulerUids = Set.copyOf(schedulerUids);
  }
}
