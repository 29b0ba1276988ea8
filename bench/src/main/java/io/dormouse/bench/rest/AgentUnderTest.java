package io.dormouse.bench.rest;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dormouse.checkpoint.agentapi.AgentClient;
import io.dormouse.checkpoint.agentapi.AgentClientConfig;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import io.dormouse.checkpoint.pki.authority.CertificateRequest;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import io.dormouse.cli.Installation;
import io.dormouse.cli.bench.Benchmark.MissingPeerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The installed agent as a process of its own, with certificates and an empty store. */
final class AgentUnderTest implements AutoCloseable {
  private static final String CELL = "bench";
  private static final String NODE = "resting";
  private static final Duration READY_MAX = Duration.ofSeconds(90);
  private static final Duration END_MAX = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Path folder;
  private final Process process;

  private AgentUnderTest(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  /** Starts it as a site does and waits until it answers. */
  static AgentUnderTest start(Path folder, String engine) throws IOException, MissingPeerException {
    Path command = Installation.root().resolve("bin/dormouse");
    if (!Files.isRegularFile(command)) {
      throw new MissingPeerException(
          "The agent that rests is the installed one, and %s is not there.%nMaybe start this through ./dormouse or an installation's bin/dormouse."
              .formatted(command));
    }
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    CertificateAuthority authority =
        CertificateAuthority.create(
            folder.resolve("authority"), Duration.ofDays(2), InstantSource.system());
    issue(authority, folder, new PeerName(CELL, Role.AGENT, NODE));
    issue(authority, folder, new PeerName(CELL, Role.CONTROLLER, "watcher"));
    Path config = Files.write(folder.resolve("agent.yaml"), config(folder, engine));
    ProcessBuilder builder =
        new ProcessBuilder(List.of("sh", command.toString(), "agent", "--config", "" + config))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("agent.log").toFile());
    builder.environment().put("DORMOUSE_PARENT_PID", "" + ProcessHandle.current().pid());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    AgentUnderTest agent = new AgentUnderTest(folder, builder.start());
    try {
      agent.awaitPort();
      return agent;
    } catch (IOException | RuntimeException e) {
      agent.close();
      throw e;
    }
  }

  private static void issue(CertificateAuthority authority, Path folder, PeerName name)
      throws IOException {
    authority.issue(
        new CertificateRequest(name, List.of("127.0.0.1"), Duration.ofDays(1)),
        new IssuedFiles(folder.resolve(name.node())));
  }

  private static byte[] config(Path folder, String engine) throws IOException {
    TlsFiles tls = new IssuedFiles(folder.resolve(NODE)).tls();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("node", NODE);
    config.put("state-directory", folder.resolve("state").toString());
    config.put("image-store", folder.resolve("images").toUri().toString());
    config.put("socket", folder.resolve("agent.sock").toString());
    config.put("port", 0);
    config.put("port-file", folder.resolve("port").toString());
    config.put(
        "tls",
        Map.of(
            "certificate", tls.certificate().toString(),
            "key", tls.key().toString(),
            "authority", tls.authority().toString()));
    config.put("engine", engine);
    config.put("end-instances-on-shutdown", true);
    return new YAMLMapper().writeValueAsBytes(config);
  }

  private void awaitPort() throws IOException {
    long start = System.nanoTime();
    while (!Files.exists(folder.resolve("port"))) {
      if (!process.isAlive() || System.nanoTime() - start > READY_MAX.toNanos()) {
        throw new IOException(
            "The agent does not answer: " + Files.readString(folder.resolve("agent.log")));
      }
      pause(POLL);
    }
  }

  /** Lets time pass while the agent lives. */
  void pause(Duration duration) throws IOException {
    try {
      if (process.waitFor(duration.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("The agent ended: " + Files.readString(folder.resolve("agent.log")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  long pid() {
    return process.pid();
  }

  Path socket() {
    return folder.resolve("agent.sock");
  }

  TlsIdentity controller() throws IOException {
    return TlsIdentity.open(
        new IssuedFiles(folder.resolve("watcher")).tls(), Role.CONTROLLER, InstantSource.system());
  }

  AgentClient client(TlsIdentity controller) throws IOException {
    int port = Integer.parseInt(Files.readString(folder.resolve("port")).strip());
    return AgentClient.connect(AgentClientConfig.of(NODE, "127.0.0.1", port), controller);
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
