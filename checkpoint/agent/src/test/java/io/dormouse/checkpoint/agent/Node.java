package io.dormouse.checkpoint.agent;

import static org.awaitility.Awaitility.await;

import io.dormouse.checkpoint.agentapi.AgentClient;
import io.dormouse.checkpoint.agentapi.AgentClientConfig;
import io.dormouse.checkpoint.agentapi.AgentReply;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.AnnounceRequest;
import io.dormouse.checkpoint.agentapi.proto.Epoch;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.pki.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An agent in a process of its own with its client, and launchers, which are processes too. */
final class Node {
  private static final int NOBODY = 65534;

  final Path folder;
  private final String engine;
  private final TlsIdentity controller;
  private final List<Process> launchers = new ArrayList<>();
  private @Nullable Process agent;
  private @Nullable AgentClient client;
  private int requests;

  /** Words that start the agent in another way, such as with fewer rights. */
  List<String> agentPrefix = List.of();

  /** Whether the agent dumps for trial. */
  boolean trialDumps;

  Node(Path folder, String engine) throws IOException {
    this.folder = folder;
    this.engine = engine;
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    this.controller = new TestCertificates(folder).controller();
  }

  void startAgent(boolean endInstances) throws Exception {
    Files.deleteIfExists(folder.resolve("port"));
    List<String> command = new ArrayList<>(agentPrefix);
    command.addAll(
        List.of(
            java(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            AgentProcessMain.class.getName(),
            folder.toString(),
            engine,
            Boolean.toString(endInstances),
            Boolean.toString(trialDumps)));
    agent =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("agent.log").toFile()))
            .start();
    await()
        .atMost(Duration.ofSeconds(60))
        .failFast(() -> !agent().isAlive())
        .until(() -> Files.exists(folder.resolve("port")));
    int port = Integer.parseInt(Files.readString(folder.resolve("port")).strip());
    client = AgentClient.connect(AgentClientConfig.of("n1", "127.0.0.1", port), controller);
  }

  Process agent() {
    return java.util.Objects.requireNonNull(agent);
  }

  AgentClient client() {
    return java.util.Objects.requireNonNull(client);
  }

  void killAgent() throws InterruptedException {
    client().close();
    agent().destroyForcibly().waitFor();
  }

  void stopAgent() throws InterruptedException {
    client().close();
    agent().destroy();
    agent().waitFor(60, TimeUnit.SECONDS);
  }

  /** Starts a launcher as nobody; its output goes to {@code name.out} and {@code name.err}. */
  Process launch(String name, List<String> arguments) throws IOException {
    return launchAs(NOBODY, name, arguments);
  }

  Process launchAs(int uid, String name, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + uid,
                "--clear-groups",
                java(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                LauncherClassPath.readableBy(folder),
                "io.dormouse.checkpoint.launcher.LauncherMain"));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve(name + ".out").toFile())
            .redirectError(folder.resolve(name + ".err").toFile())
            .start();
    launchers.add(process);
    return process;
  }

  List<String> words(String command, String instance, String container) {
    return new ArrayList<>(
        List.of(
            command,
            "--agent",
            folder.resolve("agent.sock").toString(),
            "--instance",
            instance,
            "--container",
            container));
  }

  String output(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  AgentResult ask(AgentCommand.Builder command) throws Exception {
    AgentReply<AgentResult> reply =
        client()
            .execute(
                command
                    .setCell("c")
                    .setEpoch(Epoch.newBuilder().setIncarnation(1).setCzxid(1))
                    .setRequestId("it" + requests++)
                    .build())
            .toCompletableFuture()
            .get(2, TimeUnit.MINUTES);
    return ((AgentReply.Answered<AgentResult>) reply).value();
  }

  InstanceState state(String instance) throws Exception {
    return status(instance).getState();
  }

  InstanceStatus status(String instance) throws Exception {
    AgentReply<AnnounceReply> reply =
        client()
            .announce(
                AnnounceRequest.newBuilder()
                    .setCell("c")
                    .setEpoch(Epoch.newBuilder().setIncarnation(1).setCzxid(1))
                    .build())
            .toCompletableFuture()
            .get(1, TimeUnit.MINUTES);
    return ((AgentReply.Answered<AnnounceReply>) reply)
        .value().getInstancesList().stream()
            .filter(i -> i.getInstance().equals(instance))
            .findFirst()
            .orElse(InstanceStatus.getDefaultInstance());
  }

  /** Ends all that this started. */
  void close() throws Exception {
    for (Process launcher : launchers) {
      launcher.destroyForcibly().waitFor();
    }
    if (agent != null && agent.isAlive()) {
      stopAgent();
    }
    controller.close();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
