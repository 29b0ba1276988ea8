package io.dormouse.it.moves;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import io.dormouse.checkpoint.pki.authority.CertificateRequest;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import io.dormouse.engine.model.InstanceId;
import java.io.IOException;
import java.io.InputStream;
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

/** Certificates and configuration files of a cell below one folder; its parts have a host each. */
final class MoveFiles {
  static final String CELL = "moves";
  static final String CONTROLLER = "controller";
  static final int AGENT_PORT = 8471;
  static final int SERVICE_PORT = 8000;
  static final int ZOOKEEPER_PORT = 2181;
  static final int REST_PORT = 8480;

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final long NOBODY = 65_534;

  private final Path root;
  private final List<String> nodes;

  private MoveFiles(Path root, List<String> nodes) {
    this.root = root;
    this.nodes = nodes;
  }

  static MoveFiles create(Path root, List<String> nodes) throws IOException {
    MoveFiles files = new MoveFiles(root, nodes);
    open(root);
    for (String name : List.of("programs", "logs", "stores")) {
      open(Files.createDirectories(root.resolve(name)));
    }
    for (String node : nodes) {
      open(Files.createDirectories(root.resolve(node)));
    }
    files.issueCertificates();
    Files.writeString(operatorToken(root), "the-operator-of-moves-in-tests");
    Files.setPosixFilePermissions(
        operatorToken(root), PosixFilePermissions.fromString("rw-------"));
    files.copyCounter();
    return files;
  }

  /** The cell's only one; capsules of other tests on this machine have other names. */
  static InstanceId instance(Path root) {
    return new InstanceId(root.getFileName().toString());
  }

  /** Holds what an operator shows to the controller. */
  static Path operatorToken(Path root) {
    return root.resolve("operator.token");
  }

  private void issueCertificates() throws IOException {
    CertificateAuthority authority =
        CertificateAuthority.create(
            root.resolve("pki/authority"), Duration.ofDays(2), InstantSource.system());
    for (String node : nodes) {
      issue(
          authority,
          new PeerName(CELL, Role.AGENT, node),
          List.of(Namespaces.address(nodes, node)));
    }
    issue(authority, new PeerName(CELL, Role.CONTROLLER, CONTROLLER), List.of());
  }

  private void issue(CertificateAuthority authority, PeerName name, List<String> hosts)
      throws IOException {
    authority.issue(
        new CertificateRequest(name, hosts, Duration.ofDays(1)),
        new IssuedFiles(root.resolve("pki").resolve(name.node())));
  }

  TlsFiles tls(String name) {
    return new IssuedFiles(root.resolve("pki").resolve(name)).tls();
  }

  Path counter() {
    return root.resolve("programs/counter.pl");
  }

  private void copyCounter() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(MoveFiles.class.getResourceAsStream("/counter.pl"))) {
      Files.copy(in, counter(), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.setPosixFilePermissions(counter(), PosixFilePermissions.fromString("rw-r--r--"));
  }

  Path agentSocket(String node) {
    return root.resolve(node).resolve("agent.sock");
  }

  /** Where the capsules of an agent's instances are. */
  Path capsules(String node) {
    return root.resolve(node).resolve("state/engine/instances");
  }

  /** Writes an agent's configuration: stores of its own, and the keys that all have. */
  Path agent(String node) throws IOException {
    TlsFiles files = tls(node);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("node", node);
    config.put("state-directory", root.resolve(node).resolve("state").toString());
    config.put("image-store", root.resolve("stores").resolve(node).toUri().toString());
    config.put("fast-storage", root.resolve(node).resolve("fast").toString());
    config.put("image-keys", root.resolve("keys").toString());
    config.put("socket", agentSocket(node).toString());
    config.put("bind", Namespaces.address(nodes, node));
    config.put("port", AGENT_PORT);
    config.put(
        "tls",
        Map.of(
            "certificate", files.certificate().toString(),
            "key", files.key().toString(),
            "authority", files.authority().toString()));
    config.put("read-only-paths", List.of(root.resolve("programs").toString()));
    config.put("scheduler-uids", List.of(NOBODY));
    config.put("end-instances-on-shutdown", true);
    return Files.write(root.resolve(node).resolve("agent.yaml"), YAML.writeValueAsBytes(config));
  }

  Path haproxySocket() {
    return root.resolve("haproxy.sock");
  }

  /** Where clients ask. */
  Path front() {
    return root.resolve("front.sock");
  }

  /** Writes HAProxy's configuration, with the service at a node. */
  Path haproxy(String node) throws IOException {
    return Files.writeString(
        root.resolve("haproxy.cfg"),
        """
        global
          stats socket %s mode 600 level admin
          maxconn 100
        defaults
          mode http
          timeout connect 300ms
          timeout client 10s
          timeout server 2s
          timeout queue 2s
        frontend front
          bind unix@%s
          default_backend counters
        backend counters
          retries 3
          retry-on conn-failure empty-response response-timeout
          server s1 %s:%d
        """
            .formatted(haproxySocket(), front(), Namespaces.address(nodes, node), SERVICE_PORT));
  }

  static void open(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
