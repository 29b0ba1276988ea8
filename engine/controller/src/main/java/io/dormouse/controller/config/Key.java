package io.dormouse.controller.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Every key of the controller's configuration file. docs/configuration.md is made from these. */
public enum Key {
  CELL("cell", "name", "default", "The cell that this controller may lead: one scheduler."),
  MODE(
      "mode",
      "observe, act",
      "observe",
      "Whether decisions are carried out, unless an operator has paused the cell. In `observe` they are made and recorded only, and the scheduler's side decides as if there were no controller; what is hibernated is still woken when it is wanted."),
  DIAL(
      "dial",
      "thrifty, frugal, balanced, quick, swift",
      "balanced",
      "How waiting is weighed against money: `thrifty` lets tasks wait longest, `swift` pays most."),
  LEVELS(
      "levels",
      "list of l1, l2, l3, l4, terminated",
      "[l1, l3, terminated]",
      "Where idle instances may go: frozen in RAM (`l1`), the same with their data in the image store instead of on the node's disk (`l2`), to an image (`l3`), the same with a copy of it on the node's fast storage, from which it wakes before its pages are in (`l4`), or ended. What agents can't do is left out by itself."),
  TIME_SCALE(
      "time-scale",
      "number above 0",
      "1",
      "Seconds of holding that are priced per second of wall time; above 1 only where a trace is played in less time."),
  BEAT(
      "beat",
      "duration above 0",
      "1s",
      "Time between decision cycles; a task that waits starts one at once."),
  COOLDOWN(
      "cooldown",
      "duration",
      "10s",
      "How long an instance rests between two changes of its level that nobody waits for, and after an action that failed."),
  LEASE(
      "lease",
      "duration above 0",
      "15s",
      "How long agents keep something frozen, and the scheduler's side leaves decisions to the controller, without hearing from it; at least five beats, at most 10m."),
  ZOOKEEPER(
      "zookeeper",
      "text",
      Key.WANTED,
      "Connect string of the ZooKeeper ensemble: host:port, separated by commas."),
  ZOOKEEPER_SESSION(
      "zookeeper-session",
      "duration above 0",
      "10s",
      "How long a leader may be silent before another takes over."),
  SCHEDULER_NAME("scheduler.name", "yarn", Key.WANTED, "The scheduler's adapter."),
  SCHEDULER_SETTINGS(
      "scheduler.settings",
      "map",
      "{}",
      "What the adapter is told; keys may be nested or joined by dots. yarn: rm.address,"
          + " plugin.listen, plugin.token-file, pool.name, pool.token-file, release-grace-ms."),
  AGENTS_ADDRESSES(
      "agents.addresses", "map of node to host:port", "{}", "Where each node's agent listens."),
  TRAFFIC_SERVICES(
      "traffic.services",
      "map of service to instance, port, haproxy",
      "{}",
      "Services that one instance each answers for, as in `counter: {instance: w-1, port: 8000, haproxy: counters/s1}`: its port at its node, and, if it is behind HAProxy, backend/server there. See [traffic](traffic.md)."),
  TRAFFIC_HAPROXY(
      "traffic.haproxy",
      "list of paths or host:port",
      "[]",
      "The runtime APIs of all HAProxies that have these servers: Unix sockets, or TCP ports that nobody else can reach."),
  TRAFFIC_TIMEOUT(
      "traffic.timeout",
      "duration above 0",
      "2s",
      "How long one of them may take for a change; then it is tried again."),
  TRAFFIC_CHECK(
      "traffic.check",
      "duration above 0",
      "10s",
      "How often it is looked whether they still have it so; one that was started anew has what its own configuration says."),
  TLS_CERTIFICATE(
      "tls.certificate",
      "path",
      "",
      "The certificate that this controller shows to agents (PEM), of the role controller and of this cell; wanted where there are agents, like the next two. See [certificates](certificates.md)."),
  TLS_KEY("tls.key", "path of a secret", "", "Its private key (PEM, PKCS#8, P-256, P-384 or RSA)."),
  TLS_AUTHORITY(
      "tls.authority",
      "path",
      "",
      "The certificates of the authorities whose agents are trusted (PEM). All three files are read again when they change."),
  HISTORY(
      "history",
      "path or JDBC URL",
      "dormouse-history",
      "Where decisions and outcomes are kept: the path of an embedded H2 database, without its ending, or a jdbc: URL without a password."),
  HISTORY_ROWS(
      "history-rows", "whole number from 100", "100000", "The most rows per table that are kept."),
  REST_BIND("rest.bind", "host", "127.0.0.1", "The address that the HTTP interface listens on."),
  REST_PORT("rest.port", "port", "8480", "Its port; 0 for any that is free."),
  REST_PORT_FILE(
      "rest.port-file", "path", "", "A file that is told the port once the interface listens."),
  REST_VIEWER_TOKEN_FILE(
      "rest.viewer-token-file",
      "path of a secret",
      "",
      "The token of those who may read. Without one everybody may, which only loopback allows."),
  REST_OPERATOR_TOKEN_FILE(
      "rest.operator-token-file",
      "path of a secret",
      "",
      "The token of those who may also steer. Without one nobody may."),
  REST_MAX_REQUEST_SIZE(
      "rest.max-request-size", "size", "64KiB", "The largest request body that is read."),
  SCENARIOS(
      "scenarios",
      "path",
      "",
      "A model of prices and latencies that replaces the one that the product ships.");

  /** Stands for a default that there is not: the file must have the key. */
  static final String WANTED = "?";

  private final String path;
  private final String type;
  private final String otherwise;
  private final String doc;

  Key(String path, String type, String otherwise, String doc) {
    this.path = path;
    this.type = type;
    this.otherwise = otherwise;
    this.doc = doc;
  }

  /** The key as it stands in the file, levels separated by dots. */
  public String path() {
    return path;
  }

  /** What its values are. */
  public String type() {
    return type;
  }

  /** What it is for. */
  public String doc() {
    return doc;
  }

  /** Whether the file must have it. */
  public boolean isWanted() {
    return otherwise.equals(WANTED);
  }

  /** The value where the file has none, as it would be written there. */
  public Optional<String> otherwise() {
    return Optional.of(otherwise).filter(text -> !text.isEmpty() && !isWanted());
  }

  static boolean isKey(String path) {
    return Arrays.stream(values()).anyMatch(key -> key.path.equals(path));
  }

  /** The names that may stand below {@code prefix}, which is empty or ends with a dot. */
  static List<String> namesBelow(String prefix) {
    return Arrays.stream(values())
        .filter(key -> key.path.startsWith(prefix))
        .map(key -> key.path.substring(prefix.length()))
        .map(rest -> rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest)
        .distinct()
        .toList();
  }
}
