package io.dormouse.it;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import io.dormouse.checkpoint.pki.authority.CertificateRequest;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Ports and configuration files of a cell below one folder. */
final class CellFiles {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final long NOBODY = 65_534;
  private static final String CELL = "it";
  private static final String CONTROLLER = "controller";

  private final Path root;
  private final Path images;
  private final int zooKeeperPort = freePort();
  private final int restPort = freePort();
  private final Map<String, Integer> agentPorts = new LinkedHashMap<>();

  private CellFiles(Path root, Path images) throws IOException {
    this.root = root;
    this.images = images;
    for (String node : TestCell.NODES) {
      agentPorts.put(node, freePort());
    }
  }

  static CellFiles create(Path root, Path images) throws IOException {
    CellFiles files = new CellFiles(root, images);
    files.issueCertificates();
    copy("/worker.pl", files.worker());
    return files;
  }

  Path worker() {
    return root.resolve("worker/worker.pl");
  }

  Path agentSocket(String node) {
    return root.resolve(node).resolve("agent.sock");
  }

  int restPort() {
    return restPort;
  }

  private void issueCertificates() throws IOException {
    CertificateAuthority authority =
        CertificateAuthority.create(
            root.resolve("pki/authority"), Duration.ofDays(2), InstantSource.system());
    for (String node : TestCell.NODES) {
      issue(authority, new PeerName(CELL, Role.AGENT, node), List.of("127.0.0.1"));
    }
    issue(authority, new PeerName(CELL, Role.CONTROLLER, CONTROLLER), List.of());
  }

  private void issue(CertificateAuthority authority, PeerName name, List<String> hosts)
      throws IOException {
    authority.issue(
        new CertificateRequest(name, hosts, Duration.ofDays(1)), certificates(name.node()));
  }

  private IssuedFiles certificates(String node) {
    return new IssuedFiles(root.resolve("pki").resolve(node));
  }

  private Map<String, String> tls(String node) {
    TlsFiles files = certificates(node).tls();
    return Map.of(
        "certificate", files.certificate().toString(),
        "key", files.key().toString(),
        "authority", files.authority().toString());
  }

  List<String> zooKeeperArguments() {
    return List.of("zookeeper", "--data", root + "/zookeeper", "--port", "" + zooKeeperPort);
  }

  /** Writes an agent's configuration. */
  Path agent(String node) throws IOException {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("node", node);
    config.put("state-directory", root.resolve(node).resolve("state").toString());
    config.put("image-store", images.toUri().toString());
    config.put("socket", agentSocket(node).toString());
    config.put("port", agentPorts.get(node));
    config.put("tls", tls(node));
    config.put("read-only-paths", List.of(root.resolve("worker").toString()));
    config.put("scheduler-uids", List.of(NOBODY));
    config.put("end-instances-on-shutdown", true);
    return write(root.resolve(node).resolve("agent.yaml"), config);
  }

  /** Holds what an operator shows to the controller. */
  Path operatorToken() {
    return root.resolve("operator.token");
  }

  /** Writes the controller's configuration. */
  Path controller(Prices prices, Map<String, String> adapter) throws IOException {
    Files.writeString(operatorToken(), "the-operator-of-this-cell");
    Files.setPosixFilePermissions(operatorToken(), PosixFilePermissions.fromString("rw-------"));
    Path scenarios = root.resolve("scenarios.yaml");
    copy(prices.resource(), scenarios);
    Map<String, String> addresses = new LinkedHashMap<>();
    agentPorts.forEach((node, port) -> addresses.put(node, "127.0.0.1:" + port));
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("cell", CELL);
    config.put("mode", "act");
    config.put("scenarios", scenarios.toString());
    config.put("beat", "200ms");
    config.put("cooldown", "300ms");
    config.put("lease", TestCell.LEASE.toMillis() + "ms");
    config.put("zookeeper", "127.0.0.1:" + zooKeeperPort);
    config.put("zookeeper-session", "4s");
    config.put("agents", Map.of("addresses", addresses));
    config.put("tls", tls(CONTROLLER));
    config.put("rest", Map.of("port", restPort, "operator-token-file", operatorToken().toString()));
    config.put("scheduler", Map.of("name", "yarn", "settings", adapter));
    config.put("history", root.resolve("history").toString());
    return write(root.resolve("controller.yaml"), config);
  }

  /** Whether ZooKeeper and all agents answer. */
  boolean allListen() {
    return listens(zooKeeperPort) && agentPorts.values().stream().allMatch(CellFiles::listens);
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  private static Path write(Path file, Map<String, Object> config) throws IOException {
    return Files.write(file, YAML.writeValueAsBytes(config));
  }

  private static void copy(String resource, Path to) throws IOException {
    try (InputStream in = Objects.requireNonNull(CellFiles.class.getResourceAsStream(resource))) {
      Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
