package io.dormouse.checkpoint.pki.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.PemFiles;
import io.dormouse.checkpoint.pki.PkiException;
import io.dormouse.checkpoint.pki.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateAuthorityTest {
  private static final PeerName N1 = new PeerName("c", Role.AGENT, "n1");
  private static final Renewal.Options DUE =
      new Renewal.Options(Duration.ofDays(365), Duration.ofDays(90), false);

  @TempDir Path folder;
  private Path ca;
  private Instant now = Instant.parse("2026-11-22T10:00:00.5Z");
  private CertificateAuthority authority;

  @BeforeEach
  void create() throws Exception {
    ca = folder.resolve("ca");
    authority = CertificateAuthority.create(ca, Duration.ofDays(400), clock());
  }

  private InstantSource clock() {
    return () -> now;
  }

  @Test
  void isForItsOwnerAloneAndNeverOverwritten() throws Exception {
    String key = Files.readString(ca.resolve("ca-key.pem"));

    assertThat(permissions(ca)).isEqualTo("rwx------");
    assertThat(permissions(ca.resolve("ca-key.pem"))).isEqualTo("rw-------");
    assertThatThrownBy(() -> CertificateAuthority.create(ca, Duration.ofDays(9), clock()))
        .isInstanceOf(PkiException.class)
        .hasMessageContaining("is not overwritten")
        .hasMessageContaining("Maybe ");
    assertThat(ca.resolve("ca-key.pem")).hasContent(key);
  }

  @Test
  void itsCertificateMaySignPeersAndNoOtherAuthority() {
    X509Certificate own = authority.certificate();

    assertThat(own.getBasicConstraints()).isZero();
    assertThat(own.getKeyUsage()[5]).isTrue();
    assertThat(own.getKeyUsage()[0]).isFalse();
    assertThat(own.getNotAfter().toInstant()).isEqualTo("2027-12-27T10:00:00Z");
  }

  @Test
  void issuesWhatARoleNeeds() throws Exception {
    X509Certificate agent = issue(N1, List.of("127.0.0.1", "::1", "n1.example.org"));
    X509Certificate boss = issue(new PeerName("c", Role.CONTROLLER, "boss"), List.of());

    assertThat(PeerName.of(agent)).isEqualTo(N1);
    assertThat(SubjectHosts.of(agent))
        .containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1", "n1.example.org");
    assertThat(agent.getExtendedKeyUsage()).hasSize(2);
    assertThat(boss.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(agent.getBasicConstraints()).isEqualTo(-1);
    assertThat(agent.getNotBefore().toInstant()).isEqualTo("2026-11-22T09:55:00Z");
    assertThat(agent.getNotAfter().toInstant()).isEqualTo("2027-02-20T10:00:00Z");
    agent.verify(authority.certificate().getPublicKey());
    assertThat(agent.getSerialNumber()).isPositive().isNotEqualTo(boss.getSerialNumber());
    assertThat(permissions(files(N1).key())).isEqualTo("rw-------");
    assertThat(permissions(files(N1).certificate())).isEqualTo("rw-r--r--");
  }

  @Test
  void overwritesNothing() throws Exception {
    issue(N1, List.of());
    String key = Files.readString(files(N1).key());

    assertThatThrownBy(() -> issue(N1, List.of()))
        .isInstanceOf(PkiException.class)
        .hasMessageContaining("key.pem is there already")
        .hasMessageContaining("dormouse pki renew");
    assertThat(files(N1).key()).hasContent(key);
  }

  @Test
  void writesDownAllThatItSigned() throws Exception {
    X509Certificate first = issue(N1, List.of("n1"));
    X509Certificate second = renewed(N1, DUE);

    assertThat(Files.readAllLines(ca.resolve("issued.jsonl")))
        .containsExactly(
            "{\"at\":\"2026-11-22T10:00:00.500Z\",\"serial\":\"%s\",\"cell\":\"c\",\"role\":\"agent\",\"node\":\"n1\",\"hosts\":[\"n1\"],\"expires\":\"2027-02-20T10:00:00Z\"}"
                .formatted(serial(first)),
            "{\"at\":\"2026-11-22T10:00:00.500Z\",\"serial\":\"%s\",\"cell\":\"c\",\"role\":\"agent\",\"node\":\"n1\",\"hosts\":[\"n1\"],\"expires\":\"2027-02-20T10:00:00Z\",\"renews\":\"%s\"}"
                .formatted(serial(second), serial(first)));
    assertThat(permissions(ca.resolve("issued.jsonl"))).isEqualTo("rw-------");
  }

  @Test
  void renewsWithTheSameNamesAndKey() throws Exception {
    X509Certificate old = issue(N1, List.of("127.0.0.1", "n1"));
    Files.writeString(files(N1).authority(), "left alone");
    now = now.plus(Duration.ofDays(70));

    X509Certificate fresh = renewed(N1, DUE);

    assertThat(fresh.getPublicKey()).isEqualTo(old.getPublicKey());
    assertThat(fresh.getSubjectAlternativeNames())
        .containsExactlyElementsOf(old.getSubjectAlternativeNames());
    assertThat(fresh.getNotAfter().toInstant())
        .isEqualTo(old.getNotAfter().toInstant().plus(Duration.ofDays(70)));
    assertThat(PemFiles.certificates(files(N1).certificate())).containsExactly(fresh);
    assertThat(permissions(files(N1).certificate())).isEqualTo("rw-r--r--");
    assertThat(files(N1).authority()).hasContent("left alone");
  }

  @Test
  void renewsTheKeyTooWhereThatIsAskedFor() throws Exception {
    X509Certificate old = issue(N1, List.of());

    X509Certificate fresh =
        renewed(N1, new Renewal.Options(Duration.ofDays(365), Duration.ofDays(9), true));

    assertThat(fresh.getPublicKey()).isNotEqualTo(old.getPublicKey());
    assertThat(permissions(files(N1).key())).isEqualTo("rw-------");
    assertThat(files(N1).folder().toFile().list())
        .containsExactlyInAnyOrder("key.pem", "certificate.pem", "authority.pem");
  }

  @Test
  void leavesAloneWhatIsGoodForLong() throws Exception {
    X509Certificate old = issue(N1, List.of());
    Renewal.Options late = new Renewal.Options(Duration.ofDays(30), Duration.ofDays(90), false);

    assertThat(authority.renew(files(N1), late))
        .isEqualTo(new Renewal.NotDue(files(N1), old.getNotAfter().toInstant()));
    now = now.plus(Duration.ofDays(61));
    assertThat(authority.renew(files(N1), late)).isInstanceOf(Renewal.Renewed.class);
  }

  @Test
  void renewsNothingOfOthers() throws Exception {
    issue(N1, List.of());
    CertificateAuthority other =
        CertificateAuthority.create(folder.resolve("other"), Duration.ofDays(9), clock());

    assertThatThrownBy(() -> other.renew(files(N1), DUE))
        .isInstanceOf(PkiException.class)
        .hasMessageContaining("is not of the authority in")
        .hasMessageContaining("Maybe another --ca is meant");
    Files.copy(ca.resolve("ca.pem"), folder.resolve("certificate.pem"));
    assertThatThrownBy(() -> authority.renew(new IssuedFiles(folder), DUE))
        .isInstanceOf(PkiException.class)
        .hasMessageContaining("can't be renewed");
    assertThatThrownBy(() -> authority.renew(new IssuedFiles(folder.resolve("none")), DUE))
        .hasMessageContaining("does not exist");
  }

  @Test
  void signsNothingThatOutlivesIt() throws Exception {
    now = now.plus(Duration.ofDays(350));

    assertThatThrownBy(() -> issue(N1, List.of()))
        .isInstanceOf(PkiException.class)
        .hasMessageContaining("must end before that of the authority")
        .hasMessageContaining("shorter --valid");
    assertThat(files(N1).key()).doesNotExist();
    assertThat(ca.resolve("issued.jsonl")).doesNotExist();
  }

  @Test
  void isOpenedAgainUnlessItsFilesAreUnfit() throws Exception {
    assertThat(CertificateAuthority.open(ca, clock()).certificate())
        .isEqualTo(authority.certificate());
    assertThatThrownBy(() -> CertificateAuthority.open(folder.resolve("none"), clock()))
        .hasMessageContaining("There is no authority in")
        .hasMessageContaining("dormouse pki init");
    Files.setPosixFilePermissions(
        ca.resolve("ca-key.pem"), PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> CertificateAuthority.open(ca, clock()))
        .hasMessageContaining("chmod 600");
    issue(N1, List.of());
    Files.delete(ca.resolve("ca-key.pem"));
    Files.copy(files(N1).key(), ca.resolve("ca-key.pem"));
    Files.setPosixFilePermissions(
        ca.resolve("ca-key.pem"), PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(() -> CertificateAuthority.open(ca, clock()))
        .hasMessageContaining("is not that of");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a b", "*.example.org", "n1:8471", "300.1.1.1", "1.2.3", "-a", "a_b", "ä"})
  void refusesWhatIsNoHost(String host) {
    assertThatThrownBy(() -> new CertificateRequest(N1, List.of(host), Duration.ofDays(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("The host (" + host + ")")
        .hasMessageContaining("Maybe ");
  }

  @Test
  void everythingIsBounded() {
    List<String> many = Collections.nCopies(33, "h").stream().map(h -> h + h.hashCode()).toList();
    assertThat(new CertificateRequest(N1, many, Duration.ofDays(1)).hosts()).hasSize(1);
    List<String> different =
        java.util.stream.IntStream.range(0, 33).mapToObj(i -> "h" + i).toList();
    assertThatThrownBy(() -> new CertificateRequest(N1, different, Duration.ofDays(1)))
        .hasMessageContaining("hosts (33)");
    for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(59), Duration.ofDays(826))) {
      assertThatThrownBy(() -> new CertificateRequest(N1, List.of(), wrong))
          .hasMessageContaining("The validity (" + wrong + ")");
    }
    assertThatThrownBy(
            () -> CertificateAuthority.create(folder.resolve("x"), Duration.ofDays(7301), clock()))
        .hasMessageContaining("of an authority");
    assertThatThrownBy(() -> new Renewal.Options(Duration.ofDays(-1), Duration.ofDays(1), false))
        .hasMessageContaining("must not be negative");
  }

  private IssuedFiles files(PeerName name) {
    return new IssuedFiles(folder.resolve(name.node()));
  }

  private X509Certificate issue(PeerName name, List<String> hosts) throws Exception {
    CertificateRequest request = new CertificateRequest(name, hosts, Duration.ofDays(90));
    return authority.issue(request, files(name)).certificate();
  }

  private X509Certificate renewed(PeerName name, Renewal.Options options) throws Exception {
    return ((Renewal.Renewed) authority.renew(files(name), options)).issued().certificate();
  }

  private static String serial(X509Certificate certificate) {
    return certificate.getSerialNumber().toString(16);
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
