package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.engines.CapsuleEngine;
import io.dormouse.checkpoint.engines.DmtcpEngine;
import io.dormouse.checkpoint.engines.DmtcpTools;
import io.dormouse.checkpoint.engines.HostProbe;
import io.dormouse.checkpoint.engines.HostReport;
import io.dormouse.checkpoint.engines.InstanceEngine;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.RestoreAbilities;
import io.dormouse.checkpoint.engines.SignalsEngine;
import io.dormouse.checkpoint.engines.ToolFinder;
import io.dormouse.checkpoint.engines.Toolchain;
import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine ready for use.
 *
 * @param toolVersion of what writes images, such as {@code criu 4.2.1}; goes into their manifests
 * @param gpu what came of trying to dump and restore what holds a GPU
 */
public record OpenEngine(InstanceEngine engine, String toolVersion, Probe gpu) {
  private static final Logger LOG = LoggerFactory.getLogger(OpenEngine.class);
  private static final Probe NO_GPU = new Probe(false, "", "its engine has nothing for GPUs");
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(30);

  /**
   * Opens the engine of a configuration, with the instances that it has. What works on this host is
   * found out by trying, and remembered while kernel and tools stay the same; nothing is installed.
   *
   * @throws IOException if the engine asked for does not work here; the message says why and what
   *     to do
   */
  static OpenEngine of(AgentConfig config) throws IOException {
    Path root = config.stateDirectory().resolve("engine");
    if (config.engine() == EngineChoice.PROCESS) {
      return processes(root);
    }
    Map<String, String> environment = System.getenv();
    if (config.engine() == EngineChoice.DMTCP) {
      return dmtcp(root, config.stateDirectory().resolve("homes"), environment);
    }
    HostReport report =
        new HostProbe(environment, ToolFinder.cacheDirectory(environment), InstantSource.system())
            .run(false, PROBE_TIMEOUT);
    Optional<Toolchain> tools = report.imagesWork() ? report.toolchain() : Optional.empty();
    if (tools.isPresent()) {
      return new OpenEngine(
          opened(CapsuleEngine.open(root, tools.get(), InstantSource.system())),
          "criu " + tools.get().criuVersion(),
          RestoreAbilities.gpu(tools.get().criu()));
    }
    if (config.engine() == EngineChoice.RUNC) {
      throw new IOException("Capsules do not work here: " + report.capsule().reason());
    }
    LOG.warn("Capsules do not work here, so no images: {}", report.capsule().reason());
    return processes(root);
  }

  private static OpenEngine dmtcp(Path root, Path homes, Map<String, String> environment)
      throws IOException {
    DmtcpTools tools =
        opened(new ToolFinder(environment, ToolFinder.cacheDirectory(environment)).dmtcpTools());
    return new OpenEngine(
        opened(DmtcpEngine.open(root, homes, tools, InstantSource.system())),
        "dmtcp " + tools.version(),
        NO_GPU);
  }

  private static OpenEngine processes(Path root) throws IOException {
    return new OpenEngine(opened(SignalsEngine.open(root)), SignalsEngine.NAME, NO_GPU);
  }

  private static <E> E opened(Outcome<E> outcome) throws IOException {
    if (outcome instanceof Outcome.Failed<E> failed) {
      throw new IOException(failed.failure().message());
    }
    return ((Outcome.Ok<E>) outcome).value();
  }
}
