package io.dormouse.controller.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import io.dormouse.controller.machine.Mode;
import io.dormouse.engine.EngineConfig;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads and checks a configuration file. */
public final class ConfigLoader {
  private static final long BYTES_MAX = 1 << 20;
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ConfigLoader() {}

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
    ConfigSection root = new ConfigSection("", tree(text));
    ControllerConfig config =
        new ControllerConfig(
            version(text),
            root.text("cell").filter(cell -> !cell.isBlank()).orElse("default"),
            root.parsed("mode", Mode.OBSERVE, ConfigLoader::mode, "observe or act"),
            root.parsed("dial", Dial.BALANCED, Dial::ofLabel, "one of " + dials()),
            root.parsed("time-scale", 1.0, ConfigLoader::scale, "a number above 0"),
            root.duration("beat", Duration.ofSeconds(1)),
            root.duration("cooldown", EngineConfig.DEFAULT.cooldown()),
            root.duration("lease", Duration.ofSeconds(15)),
            zookeeper(root),
            scheduler(root.section("scheduler")),
            agents(root.section("agents")),
            history(root),
            rest(root.section("rest")),
            root.text("scenarios").map(Path::of));
    root.refuseUnknown();
    check(config);
    return config;
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

  private static ControllerConfig.ZooKeeper zookeeper(ConfigSection root) {
    return new ControllerConfig.ZooKeeper(
        root.required("zookeeper"), root.duration("zookeeper-session", Duration.ofSeconds(10)));
  }

  private static ControllerConfig.Scheduler scheduler(ConfigSection section) {
    ControllerConfig.Scheduler scheduler =
        new ControllerConfig.Scheduler(
            section.required("name"), ImmutableMap.copyOf(section.map("settings")));
    section.refuseUnknown();
    return scheduler;
  }

  private static ControllerConfig.Agents agents(ConfigSection section) {
    ImmutableMap.Builder<NodeId, ControllerConfig.Address> addresses = ImmutableMap.builder();
    for (Map.Entry<String, String> entry : section.map("addresses").entrySet()) {
      addresses.put(new NodeId(entry.getKey()), address(section, entry));
    }
    ControllerConfig.Agents agents =
        new ControllerConfig.Agents(
            addresses.buildOrThrow(), section.text("token-file").map(Path::of));
    section.refuseUnknown();
    return agents;
  }

  private static ControllerConfig.Address address(
      ConfigSection section, Map.Entry<String, String> entry) {
    String value = entry.getValue();
    int colon = value.lastIndexOf(':');
    try {
      int port = Integer.parseInt(value.substring(colon + 1));
      if (colon > 0 && port >= 1 && port <= 65_535) {
        return new ControllerConfig.Address(value.substring(0, colon), port);
      }
    } catch (NumberFormatException notAPort) {
      throw wrongAddress(section, entry);
    }
    throw wrongAddress(section, entry);
  }

  private static ConfigException wrongAddress(
      ConfigSection section, Map.Entry<String, String> entry) {
    return section.wrong(
        "addresses." + entry.getKey(),
        entry.getValue(),
        "host:port",
        "it is meant as in 127.0.0.1:8471.");
  }

  private static ControllerConfig.History history(ConfigSection root) {
    String place = root.text("history").orElse("dormouse-history");
    String url =
        place.startsWith("jdbc:")
            ? place
            : "jdbc:h2:file:%s;DB_CLOSE_ON_EXIT=FALSE".formatted(Path.of(place).toAbsolutePath());
    return new ControllerConfig.History(
        url, root.number("history-rows", 100_000, 100, 100_000_000));
  }

  private static ControllerConfig.Rest rest(ConfigSection section) {
    ControllerConfig.Rest rest =
        new ControllerConfig.Rest(
            section.text("bind").orElse("127.0.0.1"),
            (int) section.number("port", 8480, 0, 65_535),
            section.text("viewer-token-file").map(Path::of),
            section.text("operator-token-file").map(Path::of),
            section.dataSize("max-request-size", 64 << 10));
    section.refuseUnknown();
    return rest;
  }

  private static void check(ControllerConfig config) {
    if (config.lease().compareTo(config.beat().multipliedBy(5)) < 0) {
      throw new ConfigException(
          "The lease (%s) must be at least five beats (%s)."
              .formatted(config.lease(), config.beat()),
          "a shorter beat is meant.");
    }
    if (!config.agents().addresses().isEmpty() && config.agents().tokenFile().isEmpty()) {
      throw new ConfigException(
          "The key (agents.token-file) is missing.", "the agents' own token file is meant.");
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

  private static Optional<Mode> mode(String text) {
    return Arrays.stream(Mode.values())
        .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst();
  }

  private static Optional<Double> scale(String text) {
    try {
      double scale = Double.parseDouble(text);
      return Optional.of(scale).filter(value -> value > 0 && Double.isFinite(value));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  private static String dials() {
    return Arrays.stream(Dial.values()).map(Dial::label).collect(Collectors.joining(", "));
  }

  private static String version(String text) {
    return "c-"
        + Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString().substring(0, 12);
  }
}
