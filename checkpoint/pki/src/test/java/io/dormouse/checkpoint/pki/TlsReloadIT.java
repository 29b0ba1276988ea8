package io.dormouse.checkpoint.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import io.dormouse.checkpoint.pki.authority.Renewal;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Certificates that change while connections are open. */
class TlsReloadIT {
  private static final String BOSS = "dormouse://c/controller/boss";
  private static final PeerName AGENT = new PeerName("c", Role.AGENT, "n1");

  @TempDir Path folder;
  private volatile Instant now = Instant.now();
  private Issuing issuing;
  private IssuedFiles agentFiles;
  private IssuedFiles controllerFiles;
  private TlsIdentity agent;
  private TlsIdentity controller;

  @BeforeEach
  void open() throws Exception {
    issuing = new Issuing(folder, "ca", Instant.now());
    agentFiles = issuing.agent("n1");
    controllerFiles = issuing.controller();
    agent = TlsIdentity.open(agentFiles.tls(), Role.AGENT, () -> now);
    controller = TlsIdentity.open(controllerFiles.tls(), Role.CONTROLLER, InstantSource.system());
  }

  @AfterEach
  void close() {
    agent.close();
    controller.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"OPENSSL", "JDK"})
  void renewedCertificatesAreShownWhileAStreamGoesOn(SslProvider provider) throws Exception {
    try (Echo echo = new Echo(agent.serverContext(provider), guard());
        Connection connection = new Connection(echo, provider)) {
      Heard heard = new Heard();
      Echo.listen(connection.channel, heard);
      await().until(() -> heard.elements.contains("begun"));
      assertThat(Echo.call(connection.channel)).isEqualTo(BOSS);
      BigInteger before = serialOf(echo.lastCaller);

      renew(agentFiles, false);
      renew(controllerFiles, true);
      agent.reload();
      controller.reload();

      assertThat(Echo.call(connection.channel)).isEqualTo(BOSS);
      assertThat(serialOf(echo.lastCaller))
          .isNotEqualTo(before)
          .isEqualTo(controller.certificate().getSerialNumber())
          .isEqualTo(serialOf(controllerFiles));
      assertThat(serialOf(shownBy(echo))).isEqualTo(serialOf(agentFiles));
      echo.streams.get(0).onNext("goes on");
      await().until(() -> heard.elements.contains("goes on"));
      assertThat(heard.failures).isEmpty();
    }
  }

  @Test
  void anAuthorityIsRolledWithoutAPause() throws Exception {
    Issuing next = new Issuing(folder, "next", Instant.now());
    String both =
        Files.readString(issuing.authorityFile()) + Files.readString(next.authorityFile());
    try (Echo echo = new Echo(agent.serverContext(), guard());
        Connection connection = new Connection(echo, SslProvider.OPENSSL);
        TlsIdentity late =
            TlsIdentity.open(
                issuing.issue(new PeerName("c", Role.CONTROLLER, "late")).tls(),
                Role.CONTROLLER,
                InstantSource.system());
        Connection lateConnection = new Connection(echo, SslProvider.OPENSSL, late)) {
      assertThat(Echo.call(lateConnection.channel)).isEqualTo("dormouse://c/controller/late");
      trust(agentFiles, both);
      trust(controllerFiles, both);
      assertThat(Echo.call(connection.channel)).isEqualTo(BOSS);
      take(agentFiles, next.agent("n1"));
      assertThat(Echo.call(connection.channel)).isEqualTo(BOSS);
      take(controllerFiles, next.controller());
      assertThat(Echo.call(connection.channel)).isEqualTo(BOSS);

      trust(agentFiles, Files.readString(next.authorityFile()));
      trust(controllerFiles, Files.readString(next.authorityFile()));

      assertThat(Echo.call(connection.channel)).isEqualTo(BOSS);
      assertThat(Echo.call(lateConnection.channel)).startsWith("UNAUTHENTICATED");
    }
  }

  @Test
  void anOpenConnectionEndsWithItsCertificate() throws Exception {
    try (Echo echo = new Echo(agent, Role.CONTROLLER);
        Connection connection = new Connection(echo, SslProvider.OPENSSL)) {
      assertThat(Echo.call(connection.channel)).isEqualTo(BOSS);

      now = now.plus(Duration.ofDays(2));

      assertThat(Echo.call(connection.channel))
          .startsWith("UNAUTHENTICATED")
          .contains("expired at", "dormouse pki renew");
    }
  }

  @Test
  void whatIsHalfWrittenWaitsForItsOtherHalf() throws Exception {
    X509Certificate before = agent.certificate();
    Path halfCertificate = folder.resolve("half.pem");
    Files.copy(agentFiles.certificate(), halfCertificate);
    renew(agentFiles, true);
    Path wholeCertificate = folder.resolve("whole.pem");
    Files.copy(agentFiles.certificate(), wholeCertificate);

    Files.copy(halfCertificate, agentFiles.certificate(), StandardCopyOption.REPLACE_EXISTING);
    agent.reload();
    assertThat(agent.certificate()).isEqualTo(before);

    Files.copy(wholeCertificate, agentFiles.certificate(), StandardCopyOption.REPLACE_EXISTING);
    agent.reload();
    assertThat(agent.certificate().getSerialNumber()).isEqualTo(serialOf(agentFiles));
  }

  @Test
  void unfitFilesAreLeftAlone() throws Exception {
    X509Certificate before = agent.certificate();
    String whole = Files.readString(agentFiles.certificate());

    Files.writeString(agentFiles.certificate(), whole.substring(0, 100));
    agent.reload();
    Files.delete(agentFiles.certificate());
    agent.reload();
    take(agentFiles, issuing.agent("n2"));
    agent.reload();

    assertThat(agent.certificate()).isEqualTo(before);
    assertThat(agent.name()).isEqualTo(AGENT);
    try (Echo echo = new Echo(agent, Role.CONTROLLER);
        Connection connection = new Connection(echo, SslProvider.OPENSSL)) {
      assertThat(Echo.call(connection.channel)).isEqualTo(BOSS);
    }
  }

  @Test
  void filesAreLookedAtWithoutBeingAsked() throws Exception {
    List<String> reloads = new CopyOnWriteArrayList<>();
    try (TlsIdentity watching =
        TlsIdentity.open(
            agentFiles.tls(), Role.AGENT, InstantSource.system(), Duration.ofMillis(50))) {
      watching.onReload(() -> reloads.add("reloaded"));
      renew(agentFiles, false);

      await().until(() -> reloads.size() == 1);
      assertThat(watching.certificate().getSerialNumber()).isEqualTo(serialOf(agentFiles));
    }
  }

  private CallerGuard guard() {
    return new CallerGuard(agent, Role.CONTROLLER);
  }

  private void trust(IssuedFiles files, String authorities) throws IOException {
    Files.writeString(files.authority(), authorities);
    agent.reload();
    controller.reload();
  }

  private void take(IssuedFiles files, IssuedFiles from) throws IOException {
    for (String name : List.of("key.pem", "certificate.pem")) {
      Files.copy(
          from.folder().resolve(name),
          files.folder().resolve(name),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
    }
    agent.reload();
    controller.reload();
  }

  private void renew(IssuedFiles files, boolean newKey) throws IOException {
    Renewal.Options options = new Renewal.Options(Duration.ofDays(30), Duration.ofDays(3), newKey);
    assertThat(issuing.authority().renew(files, options)).isInstanceOf(Renewal.Renewed.class);
  }

  /** What a server shows to a client of another TLS library. */
  private static X509Certificate shownBy(Echo echo) throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), echo.server.getPort())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static BigInteger serialOf(X509Certificate certificate) {
    return certificate.getSerialNumber();
  }

  private static BigInteger serialOf(IssuedFiles files) throws IOException {
    return PemFiles.certificates(files.certificate()).get(0).getSerialNumber();
  }

  /** A channel that, like the agents' client, connects anew after a reload. */
  private final class Connection implements AutoCloseable {
    volatile ManagedChannel channel;
    private final TlsIdentity.Subscription reloads;

    private final List<ManagedChannel> all = new CopyOnWriteArrayList<>();

    Connection(Echo echo, SslProvider provider) throws Exception {
      this(echo, provider, controller);
    }

    Connection(Echo echo, SslProvider provider, TlsIdentity identity) throws Exception {
      connect(echo, provider, identity);
      reloads = identity.onReload(() -> connect(echo, provider, identity));
    }

    private void connect(Echo echo, SslProvider provider, TlsIdentity identity) {
      try {
        channel = echo.channel(identity.clientContext(provider, AGENT));
        all.add(channel);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      reloads.close();
      all.forEach(ManagedChannel::shutdownNow);
    }
  }

  private static final class Heard implements StreamObserver<String> {
    final List<String> elements = new CopyOnWriteArrayList<>();
    final List<String> failures = new CopyOnWriteArrayList<>();

    @Override
    public void onNext(String element) {
      elements.add(element);
    }

    @Override
    public void onError(Throwable failure) {
      failures.add(String.valueOf(failure));
    }

    @Override
    public void onCompleted() {
      failures.add("ended");
    }
  }
}
