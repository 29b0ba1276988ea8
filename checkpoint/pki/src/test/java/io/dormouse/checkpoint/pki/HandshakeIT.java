package io.dormouse.checkpoint.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real connections on loopback: who gets in, and whom a client talks to. */
class HandshakeIT {
  private static final String NAME = "dormouse://c/controller/boss";

  @TempDir Path folder;
  private Issuing issuing;
  private TlsIdentity agent;
  private Echo echo;

  @BeforeEach
  void start() throws Exception {
    issuing = new Issuing(folder, "ca", Instant.now());
    agent = TlsIdentity.open(issuing.agent("n1").tls(), Role.AGENT, InstantSource.system());
    echo = new Echo(agent, Role.CONTROLLER);
  }

  @AfterEach
  void stop() {
    echo.close();
    agent.close();
  }

  @Test
  void aControllerIsLetInAndKnown() throws Exception {
    try (TlsIdentity controller = controller(issuing.controller())) {
      assertThat(callAgent(controller, "n1")).isEqualTo(NAME);
    }
  }

  @Test
  void anAgentMayNotCommand() throws Exception {
    try (TlsIdentity other = identity(issuing.agent("n2"), Role.AGENT)) {
      assertThat(callAgent(other, "n1"))
          .startsWith("PERMISSION_DENIED")
          .contains("must be of the role controller", "Maybe ");
    }
  }

  @Test
  void nobodyGetsInWithoutACertificate() throws Exception {
    SslContext bare =
        GrpcSslContexts.forClient().trustManager(authority()).protocols("TLSv1.3").build();

    assertThat(call(bare)).startsWith("UNAVAILABLE");
  }

  @Test
  void nobodyGetsInWithoutTls() {
    ManagedChannel plain =
        NettyChannelBuilder.forAddress("127.0.0.1", echo.server.getPort()).usePlaintext().build();
    try {
      assertThat(Echo.call(plain)).startsWith("UNAVAILABLE");
    } finally {
      plain.shutdownNow();
    }
  }

  @Test
  void olderTlsIsRefused() throws Exception {
    TlsFiles files = issuing.controller().tls();

    assertThat(call(stranger(files, "TLSv1.2"))).startsWith("UNAVAILABLE");
    assertThat(call(stranger(files, "TLSv1.3"))).isEqualTo(NAME);
  }

  @Test
  void expiredAndFutureCertificatesAreRefused() throws Exception {
    OddCertificate expired = new OddCertificate().uri(NAME).client();
    expired.valid(Instant.now().minus(Duration.ofDays(2)), Duration.ofDays(1));
    OddCertificate future = new OddCertificate().uri(NAME).client();
    future.valid(Instant.now().plus(Duration.ofDays(1)), Duration.ofDays(1));

    assertThat(call(odd(expired))).startsWith("UNAVAILABLE");
    assertThat(call(odd(future))).startsWith("UNAVAILABLE");
    assertThat(call(odd(new OddCertificate().uri(NAME).client()))).isEqualTo(NAME);
  }

  @Test
  void certificatesForOtherUsesAreRefused() throws Exception {
    assertThat(call(odd(new OddCertificate().uri(NAME).client()))).isEqualTo(NAME);
    assertThat(call(odd(new OddCertificate().uri(NAME).server()))).startsWith("UNAVAILABLE");
    assertThat(call(odd(new OddCertificate().uri(NAME)))).startsWith("UNAVAILABLE");
    assertThat(call(odd(new OddCertificate().client()))).startsWith("UNAVAILABLE");
    assertThat(call(odd(new OddCertificate().uri("dormouse://c/root/boss").client())))
        .startsWith("UNAVAILABLE");
    assertThat(call(odd(new OddCertificate().uri(NAME).uri("dormouse://c/agent/n1").client())))
        .startsWith("UNAVAILABLE");
  }

  @Test
  void selfSignedAndForeignCertificatesAreRefused() throws Exception {
    OddCertificate self = new OddCertificate().uri(NAME).client();
    OddCertificate selfAuthority = new OddCertificate().uri(NAME).client().authority();
    Issuing other = new Issuing(folder, "other", Instant.now());

    Path ca = folder.resolve("ca");
    assertThat(call(stranger(self.signedByItself(ca, folder.resolve("s1")), "TLSv1.3")))
        .startsWith("UNAVAILABLE");
    assertThat(call(stranger(selfAuthority.signedByItself(ca, folder.resolve("s2")), "TLSv1.3")))
        .startsWith("UNAVAILABLE");
    TlsFiles foreign = other.controller().tls();
    TlsFiles trusting = new TlsFiles(foreign.certificate(), foreign.key(), issuing.authorityFile());
    assertThat(call(stranger(trusting, "TLSv1.3"))).startsWith("UNAVAILABLE");
  }

  @Test
  void aPeerCantVouchForAnother() throws Exception {
    IssuedFiles mine = issuing.controller();
    OddCertificate child = new OddCertificate().uri("dormouse://c/controller/root").client();
    TlsFiles files = child.signedByPeer(mine, folder.resolve("child"));

    assertThat(call(stranger(files, "TLSv1.3"))).startsWith("UNAVAILABLE");
  }

  @Test
  void anRsaKeyOfASitesOwnPkiWillDo() throws Exception {
    OddCertificate rsa = new OddCertificate().uri(NAME).client().rsa(2048);
    TlsFiles files = rsa.signedBy(folder.resolve("ca"), folder.resolve("rsa"));
    try (TlsIdentity controller =
        TlsIdentity.open(files, Role.CONTROLLER, InstantSource.system())) {
      assertThat(callAgent(controller, "n1")).isEqualTo(NAME);
    }
  }

  @Test
  void anotherCellIsRefused() throws Exception {
    IssuedFiles files = issuing.issue(new PeerName("d", Role.CONTROLLER, "boss"));

    assertThat(call(stranger(files.tls(), "TLSv1.3"))).startsWith("UNAVAILABLE");
  }

  @Test
  void aClientTalksToItsNodeOnly() throws Exception {
    try (TlsIdentity controller = controller(issuing.controller())) {
      assertThat(callAgent(controller, "n2"))
          .startsWith("UNAVAILABLE")
          .contains("The peer is the agent n1 of cell c, and must be the agent n2");
    }
  }

  @Test
  void aClientWantsTheHostThatItAskedFor() throws Exception {
    IssuedFiles elsewhere = issuing.issue(new PeerName("c", Role.AGENT, "n3"), "192.0.2.1");
    try (TlsIdentity other = identity(elsewhere, Role.AGENT);
        Echo server = new Echo(other, Role.CONTROLLER);
        TlsIdentity controller = controller(issuing.controller())) {
      assertThat(call(server, controller.clientContext(other.name())))
          .startsWith("UNAVAILABLE")
          .contains("127.0.0.1");
    }
  }

  @Test
  void aClientRefusesServersThatAreNoAgents() throws Exception {
    PeerName wanted = new PeerName("c", Role.AGENT, "n1");
    OddCertificate noServer = new OddCertificate().uri(wanted.uri()).client();
    OddCertificate boss = new OddCertificate().uri(NAME).server().client();
    OddCertificate self = new OddCertificate().uri(wanted.uri()).server().client();
    Path ca = folder.resolve("ca");
    try (TlsIdentity controller = controller(issuing.controller())) {
      for (TlsFiles files :
          List.of(
              noServer.signedBy(ca, folder.resolve("o1")),
              boss.signedBy(ca, folder.resolve("o2")),
              self.signedByItself(ca, folder.resolve("o3")))) {
        try (Echo server = new Echo(strangerServer(files))) {
          assertThat(call(server, controller.clientContext(wanted)))
              .as(files.certificate().toString())
              .startsWith("UNAVAILABLE");
        }
      }
    }
  }

  private SslContext odd(OddCertificate odd) throws Exception {
    TlsFiles files = odd.signedBy(folder.resolve("ca"), Files.createTempDirectory(folder, "odd"));
    return stranger(files, "TLSv1.3");
  }

  /** A client that shows whatever it likes. */
  private static SslContext stranger(TlsFiles files, String protocol) throws Exception {
    return GrpcSslContexts.forClient()
        .keyManager(PemFiles.privateKey(files.key()), chain(files))
        .trustManager(PemFiles.certificates(files.authority()))
        .protocols(protocol)
        .build();
  }

  private static SslContext strangerServer(TlsFiles files) throws Exception {
    return GrpcSslContexts.configure(
            SslContextBuilder.forServer(PemFiles.privateKey(files.key()), chain(files)))
        .build();
  }

  private static X509Certificate[] chain(TlsFiles files) throws Exception {
    return PemFiles.certificates(files.certificate()).toArray(X509Certificate[]::new);
  }

  private List<X509Certificate> authority() throws Exception {
    return PemFiles.certificates(issuing.authorityFile());
  }

  private String callAgent(TlsIdentity caller, String node) throws Exception {
    return call(caller.clientContext(new PeerName("c", Role.AGENT, node)));
  }

  private String call(SslContext context) {
    return call(echo, context);
  }

  private static String call(Echo server, SslContext context) {
    ManagedChannel channel = server.channel(context);
    try {
      return Echo.call(channel);
    } finally {
      channel.shutdownNow();
    }
  }

  private static TlsIdentity controller(IssuedFiles files) throws Exception {
    return identity(files, Role.CONTROLLER);
  }

  private static TlsIdentity identity(IssuedFiles files, Role role) throws Exception {
    return TlsIdentity.open(files.tls(), role, InstantSource.system());
  }
}
