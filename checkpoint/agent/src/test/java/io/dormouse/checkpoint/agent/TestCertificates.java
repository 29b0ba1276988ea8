package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import io.dormouse.checkpoint.pki.authority.CertificateRequest;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** The certificates of one node and its controller, below one folder. */
final class TestCertificates {
  static final String CELL = "c";
  private final Path folder;
  private final CertificateAuthority authority;

  /** Makes an authority and issues to the agent of n1 and to a controller. */
  TestCertificates(Path folder) throws IOException {
    this.folder = folder;
    this.authority =
        CertificateAuthority.create(
            folder.resolve("pki/authority"), Duration.ofDays(2), InstantSource.system());
    issue(new PeerName(CELL, Role.AGENT, "n1"));
    issue(new PeerName(CELL, Role.CONTROLLER, "boss"));
  }

  void issue(PeerName name) throws IOException {
    authority.issue(
        new CertificateRequest(name, List.of("127.0.0.1"), Duration.ofDays(1)),
        files(folder, name.node()));
  }

  static IssuedFiles files(Path folder, String node) {
    return new IssuedFiles(folder.resolve("pki").resolve(node));
  }

  static TlsFiles agent(Path folder) {
    return files(folder, "n1").tls();
  }

  TlsIdentity controller() throws IOException {
    return identity(Role.CONTROLLER, "boss");
  }

  TlsIdentity identity(Role role, String node) throws IOException {
    return TlsIdentity.open(files(folder, node).tls(), role, InstantSource.system());
  }
}
