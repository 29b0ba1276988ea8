package io.dormouse.cli.up.run;

import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import io.dormouse.checkpoint.pki.authority.CertificateRequest;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.SiteNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * The certificates of one {@code up}: a private authority's, which ends with the work directory.
 *
 * @param folder has a folder per daemon
 */
record Certificates(Path folder) {
  static final String CELL = "up";
  private static final String CONTROLLER = "controller";

  /** Longer than any run. */
  private static final Duration VALIDITY = Duration.ofDays(30);

  private static final Duration AUTHORITY_VALIDITY = VALIDITY.plusDays(1);

  /** Makes the authority and issues to all agents and the controller. */
  static Certificates issue(Path folder, List<SiteNode> nodes) throws IOException {
    CertificateAuthority authority =
        CertificateAuthority.create(
            folder.resolve("authority"), AUTHORITY_VALIDITY, InstantSource.system());
    Certificates certificates = new Certificates(folder);
    for (SiteNode node : nodes) {
      certificates.issue(authority, Role.AGENT, node.id().value());
    }
    certificates.issue(authority, Role.CONTROLLER, CONTROLLER);
    return certificates;
  }

  private void issue(CertificateAuthority authority, Role role, String node) throws IOException {
    List<String> hosts = role == Role.AGENT ? List.of("127.0.0.1") : List.of();
    var unused =
        authority.issue(
            new CertificateRequest(new PeerName(CELL, role, node), hosts, VALIDITY),
            files(role, node));
  }

  /** The section {@code tls} of an agent's configuration. */
  Map<String, String> agent(NodeId node) {
    return section(files(Role.AGENT, node.value()).tls());
  }

  /** The section {@code tls} of the controller's configuration. */
  Map<String, String> controller() {
    return section(files(Role.CONTROLLER, CONTROLLER).tls());
  }

  private IssuedFiles files(Role role, String node) {
    return new IssuedFiles(folder.resolve(role.label() + "-" + node));
  }

  private static Map<String, String> section(TlsFiles files) {
    return Map.of(
        "certificate", files.certificate().toString(),
        "key", files.key().toString(),
        "authority", files.authority().toString());
  }
}
