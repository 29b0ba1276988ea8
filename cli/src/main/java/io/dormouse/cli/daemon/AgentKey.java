package io.dormouse.cli.daemon;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Every key of an agent's configuration file. docs/agent-configuration.md is made from these. */
enum AgentKey {
  NODE(
      "node",
      "name",
      AgentKey.WANTED,
      "This node's name, unique in its cell; that of its certificate."),
  STATE_DIRECTORY(
      "state-directory",
      "path",
      AgentKey.WANTED,
      "A folder of the agent's own: what it must know after a restart, and what instances write. Users of instances must be let through its parents (mode x)."),
  IMAGE_STORE(
      "image-store",
      "file:, hdfs: or s3a: URI",
      AgentKey.WANTED,
      "Where images are kept. All nodes of a cell may share one; see [stores](stores.md)."),
  IMAGE_KEYS(
      "image-keys",
      "path",
      "",
      "The folder of the store's keys, if they are not beside a local store or in `images/keys` of the state directory. Who shares a store shares its keys."),
  HADOOP_CONF(
      "hadoop-conf",
      "path",
      "",
      "For `hdfs:` and `s3a:`: the folder of core-site.xml; `$HADOOP_CONF_DIR` if it is not given."),
  OWNER_QUOTA("owner-quota", "size", "", "What each user may store; without it, all there is."),
  OWNER_QUOTAS(
      "owner-quotas", "list of uid=size", "[]", "The same for single users, as in `[1000=20GiB]`."),
  RETENTION_AGE(
      "retention-age",
      "duration from 10m",
      "",
      "Images older than this go by themselves, but never what a wake needs or what is kept by hand."),
  RETENTION_GENERATIONS(
      "retention-generations",
      "whole number from 1",
      "",
      "How many images of an instance stay at the most."),
  SOCKET(
      "socket",
      "path",
      AgentKey.WANTED,
      "The Unix socket that launchers connect to: at most 100 bytes."),
  BIND("bind", "host", "127.0.0.1", "The address that controllers connect to."),
  PORT("port", "port", "0", "Its port; 0 for any that is free."),
  PORT_FILE("port-file", "path", "", "A file that is told the port once the agent listens."),
  TLS_CERTIFICATE(
      "tls.certificate",
      "path",
      AgentKey.WANTED,
      "The certificate that this agent shows (PEM), of the role agent and of this node. See [certificates](certificates.md)."),
  TLS_KEY("tls.key", "path of a secret", AgentKey.WANTED, "Its private key (PEM)."),
  TLS_AUTHORITY(
      "tls.authority",
      "path",
      AgentKey.WANTED,
      "The certificates of the authorities whose controllers and agents are trusted (PEM). All three files are read again when they change."),
  READ_ONLY_PATHS(
      "read-only-paths",
      "list of paths",
      "[]",
      "What capsules see of this host beside the usual folders, such as a JDK."),
  ENGINE(
      "engine",
      "auto, runc, dmtcp, process",
      "auto",
      "What runs instances: capsules under `runc`, processes under DMTCP without root ([dmtcp](dmtcp.md)), or plain processes that signals stop, without images (`process`). `auto` takes capsules where they work on this host, else processes."),
  DUMPS_AT_ONCE(
      "dumps-at-once", "whole number from 1", "2", "How many images are written at once."),
  FAST_STORAGE(
      "fast-storage",
      "path",
      "",
      "A folder in memory or on NVMe for copies of images: level L4. See [fast storage](fast-storage.md)."),
  FAST_STORAGE_CAPACITY("fast-storage-capacity", "size", "1GiB", "What the copies may take of it."),
  SCHEDULER_UIDS(
      "scheduler-uids",
      "list of uids",
      "[]",
      "Users, beside root, that may tell the node's names at schedulers."),
  TRIAL_DUMPS(
      "trial-dumps",
      "true, false",
      "false",
      "Whether an instance of each kind is dumped for trial while it rests. See [installing](installing.md)."),
  END_INSTANCES_ON_SHUTDOWN(
      "end-instances-on-shutdown",
      "true, false",
      "false",
      "Whether all instances end with the agent; else they stay, as they are, for the next one.");

  /** Stands for a default that there is not: the file must have the key. */
  static final String WANTED = "?";

  private final String path;
  private final String type;
  private final String otherwise;
  private final String doc;

  AgentKey(String path, String type, String otherwise, String doc) {
    this.path = path;
    this.type = type;
    this.otherwise = otherwise;
    this.doc = doc;
  }

  /** The key as it stands in the file, levels separated by dots. */
  String path() {
    return path;
  }

  /** What its values are. */
  String type() {
    return type;
  }

  /** What it is for. */
  String doc() {
    return doc;
  }

  /** Whether the file must have it. */
  boolean isWanted() {
    return otherwise.equals(WANTED);
  }

  /** The value where the file has none, as it would be written there. */
  Optional<String> otherwise() {
    return Optional.of(otherwise).filter(text -> !text.isEmpty() && !isWanted());
  }

  /** All of them, as they stand in the file. */
  static Set<String> paths() {
    return Arrays.stream(values()).map(AgentKey::path).collect(Collectors.toUnmodifiableSet());
  }
}
