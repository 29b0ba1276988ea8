package io.dormouse.cli.up.run;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dormouse.engine.model.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the controller of one {@code up} is told.
 *
 * @param zooKeeper its address
 * @param agents the agents' addresses
 * @param tls the certificate that agents are shown
 * @param restPort where it listens
 * @param restTokenFile the token of whoever reads from it
 * @param dial the operator's level
 * @param timeScale seconds of holding cost per second of wall time
 * @param scenarios the model to price with; empty for the pinned one
 */
record ControllerSetup(
    String zooKeeper,
    Map<NodeId, String> agents,
    Map<String, String> tls,
    int restPort,
    Path restTokenFile,
    String dial,
    double timeScale,
    Optional<Path> scenarios) {
  /** Half a trace minute, at the pinned speed. */
  private static final String BEAT = "500ms";

  private static final String COOLDOWN = "1s";

  /** Copies the maps. */
  ControllerSetup {
    agents = Map.copyOf(agents);
    tls = Map.copyOf(tls);
  }

  /**
   * Writes the configuration; its file.
   *
   * @param scheduler name of the adapter
   * @param adapter its settings
   */
  Path write(Path folder, String scheduler, Map<String, String> adapter) throws IOException {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("cell", Certificates.CELL);
    config.put("mode", "act");
    config.put("dial", dial);
    config.put("time-scale", timeScale);
    config.put("beat", BEAT);
    config.put("cooldown", COOLDOWN);
    config.put("zookeeper", zooKeeper);
    Map<String, String> addresses = new LinkedHashMap<>();
    agents.forEach((node, address) -> addresses.put(node.value(), address));
    config.put("agents", Map.of("addresses", addresses));
    config.put("tls", tls);
    config.put("rest", Map.of("port", restPort, "viewer-token-file", restTokenFile.toString()));
    config.put("scheduler", Map.of("name", scheduler, "settings", adapter));
    config.put("history", folder.resolve("history").toString());
    scenarios.ifPresent(file -> config.put("scenarios", file.toString()));
    Path file = folder.resolve("dormouse.yaml");
    Files.write(file, new YAMLMapper().writeValueAsBytes(config));
    return file;
  }
}
