package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.images.StoreLocation;
import io.dormouse.checkpoint.images.upkeep.StoreRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An agent in a process of its own, for tests that kill it. Arguments: folder, engine, whether to
 * end instances, whether to dump for trial.
 */
final class AgentProcessMain {
  private AgentProcessMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Agent agent =
        Agent.start(
            config(
                Path.of(args[0]),
                args[1],
                Boolean.parseBoolean(args[2]),
                Boolean.parseBoolean(args[3])));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    agent.close();
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                }));
    agent.awaitClosed();
  }

  static AgentConfig config(Path folder, String engine, boolean endInstances) {
    return config(folder, engine, endInstances, false);
  }

  private static AgentConfig config(
      Path folder, String engine, boolean endInstances, boolean trialDumps) {
    return new AgentConfig(
        "n1",
        folder.resolve("state"),
        StoreLocation.ofDirectory(folder.resolve("store")),
        StoreRules.NONE,
        folder.resolve("agent.sock"),
        new AgentConfig.Listen("127.0.0.1", 0, Optional.of(folder.resolve("port"))),
        TestCertificates.agent(folder),
        List.of(),
        LeaseLimits.DEFAULT,
        EngineChoice.valueOf(engine),
        2,
        Optional.of(new AgentConfig.FastStorage(folder.resolve("fast"), 4L << 30)),
        Set.of(),
        trialDumps,
        endInstances);
  }
}
