package io.dormouse.controller.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import com.google.common.collect.Sets;
import com.google.common.hash.Hashing;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.controller.machine.Mode;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.pricing.Dial;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads and checks a configuration file; {@link Key} has all its keys. */
public final class ConfigLoader {
  private static final long BYTES_MAX = 1 << 20;
  private static final long REQUEST_BYTES_MAX = 64 << 20;

  /** Agents and pools take no longer one. */
  private static final Duration LEASE_MAX = Duration.ofMinutes(10);

  /** Shorter ones end by a pause of a garbage collector, longer ones keep a dead leader leading. */
  private static final Duration SESSION_MIN = Duration.ofSeconds(1);

  private static final Duration SESSION_MAX = Duration.ofMinutes(10);
  private static final Pattern CELL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
  private static final Pattern PASSWORD = Pattern.compile("(?i)password=|pwd=|//[^/@]*:[^/@]*@");
  private static final ImmutableMap<String, Mode> MODES =
      ImmutableMap.of("observe", Mode.OBSERVE, "act", Mode.ACT);
  private static final ImmutableMap<String, Dial> DIALS =
      Arrays.stream(Dial.values()).collect(ImmutableMap.toImmutableMap(Dial::label, dial -> dial));

  private static final ImmutableMap<String, HibernationLevel> LEVELS =
      ImmutableMap.of(
          "l1", HibernationLevel.L1_RETAINED,
          "l2", HibernationLevel.L2_DATA_SNAPSHOT,
          "l3", HibernationLevel.L3_FULL_SNAPSHOT,
          "l4", HibernationLevel.L4_KERNEL_SNAPSHOT,
          "terminated", HibernationLevel.TERMINATED);

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final ConfigValues values;

  private ConfigLoader(ConfigValues values) {
    this.values = values;
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException for whatever is wrong in it
   * @throws IOException if it can't be read
   */
  public static ControllerConfig load(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new ConfigException(
          "The file (%s) must be at most %d bytes.".formatted(file, BYTES_MAX),
          "another file was named.");
    }
    return parse(Files.readString(file));
  }

  /**
   * Reads the text of a file.
   *
   * @throws ConfigException for whatever is wrong in it
   */
  public static ControllerConfig parse(String text) {
    ControllerConfig config = new ConfigLoader(new ConfigValues(tree(text))).config(version(text));
    check(config);
    return config;
  }

  private ControllerConfig config(String version) {
    return new ControllerConfig(
        version,
        values.parsed(
            Key.CELL,
            cell -> Optional.of(cell).filter(name -> CELL.matcher(name).matches()),
            "1 to 128 letters, digits and . _ : -",
            "it has a blank or a slash in it."),
        values.choice(Key.MODE, MODES),
        values.choice(Key.DIAL, DIALS),
        levels(),
        values.parsed(
            Key.TIME_SCALE, ConfigLoader::scale, "a number above 0", "the default (1) will do."),
        values.positiveDuration(Key.BEAT),
        values.duration(Key.COOLDOWN),
        values.positiveDuration(Key.LEASE),
        new ControllerConfig.ZooKeeper(
            values.required(Key.ZOOKEEPER), values.positiveDuration(Key.ZOOKEEPER_SESSION)),
        new ControllerConfig.Scheduler(
            values.required(Key.SCHEDULER_NAME), values.map(Key.SCHEDULER_SETTINGS)),
        agents(),
        new TrafficKeys(values).read(),
        history(),
        rest(),
        values.path(Key.SCENARIOS));
  }

  private static JsonNode tree(String text) {
    try {
      return YAML.readTree(text);
    } catch (JsonProcessingException malformed) {
      throw new ConfigException(
          "The configuration is not YAML: " + malformed.getOriginalMessage(),
          "an indentation or a quote is wrong near line %d."
              .formatted(
                  malformed.getLocation() == null ? 1 : malformed.getLocation().getLineNr()));
    }
  }

  private ImmutableSet<HibernationLevel> levels() {
    List<HibernationLevel> chosen = values.choices(Key.LEVELS, LEVELS);
    return Sets.immutableEnumSet(Iterables.concat(List.of(HibernationLevel.AWAKE), chosen));
  }

  private ControllerConfig.Agents agents() {
    ImmutableMap.Builder<NodeId, ControllerConfig.Address> addresses = ImmutableMap.builder();
    for (Map.Entry<String, String> entry : values.map(Key.AGENTS_ADDRESSES).entrySet()) {
      addresses.put(node(entry.getKey()), address(entry));
    }
    return new ControllerConfig.Agents(addresses.buildOrThrow(), tls());
  }

  private Optional<TlsFiles> tls() {
    List<Key> keys = List.of(Key.TLS_CERTIFICATE, Key.TLS_KEY, Key.TLS_AUTHORITY);
    List<Key> given = keys.stream().filter(key -> values.path(key).isPresent()).toList();
    if (given.isEmpty() && values.map(Key.AGENTS_ADDRESSES).isEmpty()) {
      return Optional.empty();
    }
    for (Key key : keys) {
      if (!given.contains(key)) {
        throw new ConfigException(
            "The key (%s) is missing.".formatted(key.path()),
            "make what it names: dormouse pki issue --role controller --node …");
      }
    }
    return Optional.of(
        new TlsFiles(
            values.path(Key.TLS_CERTIFICATE).orElseThrow(),
            values.path(Key.TLS_KEY).orElseThrow(),
            values.path(Key.TLS_AUTHORITY).orElseThrow()));
  }

  private NodeId node(String name) {
    try {
      return new NodeId(name);
    } catch (IllegalArgumentException malformed) {
      throw values.wrong(
          Key.AGENTS_ADDRESSES,
          name,
          "a map of node to host:port",
          "node and address are the wrong way round.");
    }
  }

  private ControllerConfig.Address address(Map.Entry<String, String> entry) {
    String value = entry.getValue();
    int colon = value.lastIndexOf(':');
    return port(value.substring(colon + 1))
        .filter(port -> colon > 0)
        .map(port -> new ControllerConfig.Address(value.substring(0, colon), port))
        .orElseThrow(
            () ->
                values.wrong(
                    Key.AGENTS_ADDRESSES.path() + "." + entry.getKey(),
                    value,
                    "host:port",
                    "it is meant as in 127.0.0.1:8471."));
  }

  private static Optional<Integer> port(String text) {
    try {
      return Optional.of(Integer.parseInt(text)).filter(port -> port >= 1 && port <= 65_535);
    } catch (NumberFormatException notAPort) {
      return Optional.empty();
    }
  }

  private ControllerConfig.History history() {
    String place = values.required(Key.HISTORY);
    boolean url = place.startsWith("jdbc:");
    if (url && PASSWORD.matcher(place).find()) {
      throw new ConfigException(
          "The value of %s must not hold a password.".formatted(Key.HISTORY.path()),
          "the database can trust the local user, or an embedded one will do.");
    }
    if (!url && place.contains(";")) {
      throw values.wrong(
          Key.HISTORY, place, "a path without ;", "a JDBC URL is meant, which begins with jdbc:.");
    }
    return new ControllerConfig.History(
        url
            ? place
            : "jdbc:h2:file:%s;DB_CLOSE_ON_EXIT=FALSE".formatted(Path.of(place).toAbsolutePath()),
        values.number(Key.HISTORY_ROWS, 100, 100_000_000));
  }

  private ControllerConfig.Rest rest() {
    return new ControllerConfig.Rest(
        values.required(Key.REST_BIND),
        (int) values.number(Key.REST_PORT, 0, 65_535),
        values.path(Key.REST_PORT_FILE),
        values.path(Key.REST_VIEWER_TOKEN_FILE),
        values.path(Key.REST_OPERATOR_TOKEN_FILE),
        values.dataSize(Key.REST_MAX_REQUEST_SIZE, REQUEST_BYTES_MAX));
  }

  private static void check(ControllerConfig config) {
    Duration session = config.zookeeper().session();
    if (session.compareTo(SESSION_MIN) < 0 || session.compareTo(SESSION_MAX) > 0) {
      throw new ConfigException(
          "The zookeeper-session (%s) must be from %s to %s."
              .formatted(session, SESSION_MIN, SESSION_MAX),
          "a unit is wrong.");
    }
    if (config.lease().compareTo(config.beat().multipliedBy(5)) < 0) {
      throw new ConfigException(
          "The lease (%s) must be at least five beats (%s)."
              .formatted(config.lease(), config.beat()),
          "a shorter beat is meant.");
    }
    if (config.lease().compareTo(LEASE_MAX) > 0) {
      throw new ConfigException(
          "The lease (%s) must be at most %s, since nobody stays frozen for longer without a word."
              .formatted(config.lease(), LEASE_MAX),
          "a unit is wrong.");
    }
    if (config.rest().viewerTokenFile().isEmpty() && !isLoopback(config.rest().bind())) {
      throw new ConfigException(
          "The key (rest.viewer-token-file) is missing, and rest.bind (%s) is not loopback."
              .formatted(config.rest().bind()),
          "127.0.0.1 is meant.");
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new ConfigException(
          "The value (%s) of rest.bind is no known host.".formatted(host), "127.0.0.1 is meant.");
    }
  }

  private static Optional<Double> scale(String text) {
    try {
      double scale = Double.parseDouble(text);
      return Optional.of(scale).filter(value -> value > 0 && Double.isFinite(value));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  private static String version(String text) {
    return "c-"
        + Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString().substring(0, 12);
  }
}
