package io.dormouse.cli.daemon;

import io.dormouse.checkpoint.agent.Agent;
import io.dormouse.checkpoint.agent.AgentConfig;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.up.run.ParentWatch;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dormouse agent}. */
@Command(
    name = "agent",
    description = {
      "Runs the agent of this node; never installs anything.",
      "Keys of its file, which docs/agent-configuration.md explains: node, state-directory, image-store (file:, hdfs: or s3a:), image-keys and"
          + " hadoop-conf (for a store elsewhere), owner-quota, owner-quotas, retention-age and"
          + " retention-generations (what owners may store: see docs/stores.md), socket, bind, port, port-file, tls.certificate,"
          + " tls.key, tls.authority, read-only-paths, engine (auto, runc, dmtcp or process),"
          + " dumps-at-once, fast-storage and fast-storage-capacity (for level L4: see"
          + " docs/fast-storage.md), scheduler-uids, trial-dumps, end-instances-on-shutdown."
    })
public final class AgentCommand extends BaseCommand {
  @Option(names = "--config", required = true, description = "Its YAML file.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path config;

  @Override
  protected ExitCode run(Console console) throws InterruptedException {
    AgentConfig settings = AgentConfigFile.read(config);
    ParentWatch.begin();
    Agent agent = start(settings);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(agent, console), "agent-shutdown"));
    console.text("The agent of %s listens on port %d.".formatted(settings.node(), agent.port()));
    agent.awaitClosed();
    return ExitCode.OK;
  }

  private static Agent start(AgentConfig settings) {
    try {
      return Agent.start(settings);
    } catch (IOException failure) {
      String cause = String.valueOf(failure.getMessage());
      throw cause.contains("Maybe ")
          ? new CommandFailure(ExitCode.FAILED, cause, failure)
          : new CommandFailure(
              ExitCode.FAILED,
              "The agent of %s does not start: %s".formatted(settings.node(), cause),
              "Maybe another agent runs here, or a folder is not writable for this user.",
              failure);
    }
  }

  private static void close(Agent agent, Console console) {
    try {
      agent.close();
    } catch (IOException failure) {
      console.note("The agent did not end well: " + failure);
    }
  }
}
