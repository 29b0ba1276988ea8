package io.dormouse.checkpoint.pki;

import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import io.dormouse.checkpoint.pki.authority.CertificateRequest;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** An authority for tests, with the clock that is wanted. */
final class Issuing {
  static final String CELL = "c";
  private final Path folder;
  private final String name;
  private Instant now;
  private final CertificateAuthority authority;

  Issuing(Path folder, String name, Instant now) throws IOException {
    this.folder = folder;
    this.name = name;
    this.now = now;
    this.authority =
        CertificateAuthority.create(folder.resolve(name), Duration.ofDays(3650), clock());
  }

  private InstantSource clock() {
    return () -> now;
  }

  Issuing at(Instant instant) {
    now = instant;
    return this;
  }

  CertificateAuthority authority() {
    return authority;
  }

  Path authorityFile() {
    return authority.certificateFile();
  }

  IssuedFiles agent(String node) throws IOException {
    return issue(new PeerName(CELL, Role.AGENT, node), "127.0.0.1");
  }

  IssuedFiles controller() throws IOException {
    return issue(new PeerName(CELL, Role.CONTROLLER, "boss"));
  }

  IssuedFiles issue(PeerName peer, String... hosts) throws IOException {
    String into = "%s-%s-%s-%s".formatted(name, peer.cell(), peer.role().label(), peer.node());
    return authority
        .issue(
            new CertificateRequest(peer, List.of(hosts), Duration.ofDays(1)),
            new IssuedFiles(folder.resolve(into)))
        .files();
  }
}
