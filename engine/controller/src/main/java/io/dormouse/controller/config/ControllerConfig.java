package io.dormouse.controller.config;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.controller.machine.Mode;
import io.dormouse.controller.traffic.TrafficSettings;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.pricing.Dial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * All that an operator may choose about a controller.
 *
 * @param version names this configuration; decisions carry it
 * @param cell the cell's name
 * @param mode whether decisions are carried out
 * @param dial how waiting is weighed against money
 * @param levels where idle instances may go; has AWAKE
 * @param timeScale seconds of holding cost per second of wall time
 * @param beat time between decision cycles
 * @param cooldown how long an instance rests between two changes of its level that nobody waits
 *     for, and after an action that failed
 * @param lease how long agents keep something frozen, and the scheduler's side leaves decisions to
 *     the controller, without hearing from a leader
 * @param zookeeper where intents and leadership are kept
 * @param scheduler which scheduler, and how it is reached
 * @param agents the cell's agents
 * @param traffic services, and what leads requests to them
 * @param history where decisions are kept
 * @param rest the HTTP interface
 * @param scenarios the model of prices; empty for the one that the product ships
 */
public record ControllerConfig(
    String version,
    String cell,
    Mode mode,
    Dial dial,
    ImmutableSet<HibernationLevel> levels,
    double timeScale,
    Duration beat,
    Duration cooldown,
    Duration lease,
    ZooKeeper zookeeper,
    Scheduler scheduler,
    Agents agents,
    TrafficSettings traffic,
    History history,
    Rest rest,
    Optional<Path> scenarios) {

  /**
   * ZooKeeper.
   *
   * @param connect its connect string
   * @param session how long a silent controller keeps its leadership
   */
  public record ZooKeeper(String connect, Duration session) {}

  /**
   * The scheduler.
   *
   * @param name of its adapter
   * @param settings what the adapter wants to know
   */
  public record Scheduler(String name, ImmutableMap<String, String> settings) {}

  /**
   * The agents.
   *
   * @param addresses where each is
   * @param tls what is shown to them; there where they are
   */
  public record Agents(ImmutableMap<NodeId, Address> addresses, Optional<TlsFiles> tls) {}

  /** A host and a port. */
  public record Address(String host, int port) {}

  /**
   * The history.
   *
   * @param url a JDBC URL
   * @param rows most rows per table
   */
  public record History(String url, long rows) {}

  /**
   * The HTTP interface.
   *
   * @param bind address to listen at
   * @param port 0 for any that is free
   * @param portFile written with the port once it listens
   * @param viewerTokenFile the token of those who read; empty only on loopback
   * @param operatorTokenFile the token of those who steer; empty where nobody may
   * @param maxRequestBytes largest request
   */
  public record Rest(
      String bind,
      int port,
      Optional<Path> portFile,
      Optional<Path> viewerTokenFile,
      Optional<Path> operatorTokenFile,
      long maxRequestBytes) {}
}
