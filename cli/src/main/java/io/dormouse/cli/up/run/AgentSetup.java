package io.dormouse.cli.up.run;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dormouse.engine.spi.SiteNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the agents of one {@code up} share.
 *
 * @param store folder of the image store
 * @param certificates of the agents
 * @param readOnlyPaths what capsules see beside /usr and /etc
 * @param schedulerUid the user of the scheduler's daemons
 */
record AgentSetup(
    Path store, Certificates certificates, List<Path> readOnlyPaths, long schedulerUid) {
  /** Copies the paths. */
  AgentSetup {
    readOnlyPaths = List.copyOf(readOnlyPaths);
  }

  /** Writes the configuration of one node's agent; its file. */
  Path write(Path folder, SiteNode node) throws IOException {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("node", node.id().value());
    config.put("state-directory", folder.resolve("state").toString());
    config.put("image-store", store.toUri().toString());
    config.put("socket", node.agentSocket().toString());
    config.put("port", 0);
    config.put("port-file", folder.resolve("port").toString());
    config.put("tls", certificates.agent(node.id()));
    config.put("read-only-paths", readOnlyPaths.stream().map(Path::toString).toList());
    config.put("scheduler-uids", List.of(schedulerUid));
    config.put("end-instances-on-shutdown", true);
    Path file = folder.resolve("agent.yaml");
    Files.write(file, new YAMLMapper().writeValueAsBytes(config));
    return file;
  }
}
