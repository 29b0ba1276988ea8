package io.dormouse.bench.agents;

import io.dormouse.checkpoint.agentapi.AgentClient;
import io.dormouse.checkpoint.agentapi.AgentClientConfig;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.dormouse.cli.Installation;
import io.dormouse.cli.bench.Benchmark.MissingPeerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The installed agent as a process of its own. */
public final class InstalledAgent implements AutoCloseable {
  private static final Duration READY_MAX = Duration.ofSeconds(90);
  private static final Duration END_MAX = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(100);

  private final BenchCell.Plan plan;
  private final Path folder;
  private final Process process;

  private InstalledAgent(BenchCell.Plan plan, Path folder, Process process) {
    this.plan = plan;
    this.folder = folder;
    this.process = process;
  }

  /** Starts it as a site does and waits until it answers. */
  static InstalledAgent start(BenchCell.Plan plan, Path folder, Path config)
      throws IOException, MissingPeerException {
    Path installed = Installation.root().resolve("bin/dormouse");
    if (!Files.isRegularFile(installed)) {
      throw new MissingPeerException(
          "The agent that is measured is the installed one, and %s is not there.%nMaybe start this through ./dormouse or an installation's bin/dormouse."
              .formatted(installed));
    }
    List<String> command = new ArrayList<>(plan.prefix());
    command.addAll(List.of("sh", installed.toString(), "agent", "--config", "" + config));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log(folder).toFile());
    builder.environment().put("DORMOUSE_PARENT_PID", "" + ProcessHandle.current().pid());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    InstalledAgent agent = new InstalledAgent(plan, folder, builder.start());
    try {
      agent.awaitPort();
      return agent;
    } catch (IOException | RuntimeException e) {
      agent.close();
      throw e;
    }
  }

  static Path socket(Path folder) {
    return folder.resolve("agent.sock");
  }

  static Path portFile(Path folder) {
    return folder.resolve("port");
  }

  private static Path log(Path folder) {
    return folder.resolve("agent.log");
  }

  private void awaitPort() throws IOException {
    long start = System.nanoTime();
    while (!Files.exists(portFile(folder))) {
      if (!process.isAlive() || System.nanoTime() - start > READY_MAX.toNanos()) {
        throw new IOException("The agent does not answer: " + said());
      }
      pause(POLL);
    }
  }

  /** What it said so far. */
  public String said() throws IOException {
    return Files.readString(log(folder));
  }

  /** Lets time pass while the agent lives. */
  public void pause(Duration duration) throws IOException {
    try {
      if (process.waitFor(duration.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("The agent ended: " + said());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Of its process. */
  public long pid() {
    return process.pid();
  }

  /** Where launchers connect. */
  public Path socket() {
    return socket(folder);
  }

  /** Where it listens for controllers and other agents. */
  public int port() throws IOException {
    return Integer.parseInt(Files.readString(portFile(folder)).strip());
  }

  /** Commands it. */
  public AgentClient client(TlsIdentity controller) throws IOException {
    return AgentClient.connect(
        AgentClientConfig.of(plan.node(), plan.address(), port()), controller);
  }

  /** Ends it with all its instances. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(END_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IOException("The agent did not end within %s.".formatted(END_MAX));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
