package io.dormouse.checkpoint.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a daemon says at its start of files that can't be used. */
class TlsIdentityTest {
  @TempDir Path folder;
  private Issuing issuing;

  @BeforeEach
  void makeAuthority() throws Exception {
    issuing = new Issuing(folder, "ca", Instant.now());
  }

  @Test
  void takesWhatPkiIssues() throws Exception {
    try (TlsIdentity agent = open(issuing.agent("n1"), Role.AGENT);
        TlsIdentity controller = open(issuing.controller(), Role.CONTROLLER)) {
      assertThat(agent.name()).isEqualTo(new PeerName("c", Role.AGENT, "n1"));
      assertThat(controller.name().role()).isEqualTo(Role.CONTROLLER);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------"})
  void refusesAKeyThatOthersMayTouch(String permissions) throws Exception {
    IssuedFiles files = issuing.agent("n1");
    Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString(permissions));

    refused(files, Role.AGENT, "(" + permissions + ")", "chmod 600 " + files.key());
  }

  @Test
  void takesAKeyThatNobodyMayWrite() throws Exception {
    IssuedFiles files = issuing.agent("n1");
    Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("r--------"));

    open(files, Role.AGENT).close();
  }

  @Test
  void refusesMissingFiles() throws Exception {
    IssuedFiles files = issuing.agent("n1");
    Files.delete(files.authority());
    refused(files, Role.AGENT, "authority.pem does not exist", "dormouse pki issue");
    Files.delete(files.key());
    refused(files, Role.AGENT, "key.pem does not exist", "Maybe ");
  }

  @Test
  void refusesTheKeyOfAnother() throws Exception {
    IssuedFiles files = issuing.agent("n1");
    Files.copy(
        issuing.agent("n2").key(),
        files.key(),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.COPY_ATTRIBUTES);

    refused(files, Role.AGENT, "must be that of the certificate", "copy both again");
  }

  @Test
  void refusesTheWrongRole() throws Exception {
    refused(issuing.controller(), Role.AGENT, "controller boss", "--role agent");
    refused(issuing.agent("n1"), Role.CONTROLLER, "agent n1", "--role controller");
  }

  @Test
  void refusesTheCertificateOfAnotherAuthority() throws Exception {
    IssuedFiles files = issuing.agent("n1");
    Issuing other = new Issuing(folder, "other", Instant.now());
    Files.copy(other.authorityFile(), files.authority(), StandardCopyOption.REPLACE_EXISTING);

    refused(files, Role.AGENT, "is not of an authority in", "different authorities");
  }

  @Test
  void refusesWhatHasEndedAndWhatHasNotBegun() throws Exception {
    Issuing old = new Issuing(folder, "old", Instant.now().minus(Duration.ofDays(9)));
    refused(old.agent("n1"), Role.AGENT, "is valid from", "dormouse pki renew");

    IssuedFiles early = issuing.at(Instant.now().plus(Duration.ofDays(1))).agent("n2");
    refused(early, Role.AGENT, "is valid from", "the clock of this machine");
  }

  @Test
  void refusesAnAuthorityThatHasEnded() throws Exception {
    Issuing old = new Issuing(folder, "old", Instant.now().minus(Duration.ofDays(3649)));
    IssuedFiles files = old.agent("n1");

    assertThatThrownBy(
            () ->
                TlsIdentity.open(
                    files.tls(),
                    Role.AGENT,
                    InstantSource.fixed(Instant.now().plus(Duration.ofDays(9)))))
        .hasMessageContaining("No authority in")
        .hasMessageContaining("dormouse pki init");
  }

  @Test
  void refusesCutAndForeignFiles() throws Exception {
    IssuedFiles files = issuing.agent("n1");
    String whole = Files.readString(files.certificate());
    String key = Files.readString(files.key());

    Files.writeString(files.certificate(), whole.substring(0, whole.length() - 40));
    refused(files, Role.AGENT, "is not whole: the block CERTIFICATE has no end", "copy it again");
    Files.writeString(files.certificate(), whole.replaceFirst("(?m)^M.{8}", "MAAAAAAAA"));
    refused(files, Role.AGENT, "certificate that can't be read", "copy it again");
    Files.writeString(files.certificate(), whole.replaceFirst("(?m)^M", "!"));
    refused(files, Role.AGENT, "is no base 64", "copy it again");
    Files.writeString(files.certificate(), "something else");
    refused(files, Role.AGENT, "must hold 1 to 32 certificates, and has 0", "not PEM");
    Files.writeString(files.certificate(), key);
    refused(files, Role.AGENT, "and has a PRIVATE KEY", "wrong way round");
    Files.write(files.certificate(), new byte[300_000]);
    refused(files, Role.AGENT, "at most 262144 bytes", "another file");
    Files.writeString(files.certificate(), whole.repeat(40));
    refused(files, Role.AGENT, "and has 40", "another file");
  }

  @Test
  void refusesKeysOfOtherKinds() throws Exception {
    IssuedFiles files = issuing.agent("n1");

    Files.writeString(
        files.key(), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
    refused(files, Role.AGENT, "has [EC PRIVATE KEY]", "openssl pkcs8 -topk8");
    Files.writeString(files.key(), "");
    refused(files, Role.AGENT, "has []", "another file");
    Files.writeString(
        files.key(),
        PemFiles.write(KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate()));
    refused(files, Role.AGENT, "must be an EC (P-256, P-384) or RSA key", "Ed25519");
  }

  @Test
  void refusesALeafInPlaceOfTheAuthority() throws Exception {
    IssuedFiles files = issuing.agent("n1");
    Files.copy(files.certificate(), files.authority(), StandardCopyOption.REPLACE_EXISTING);

    refused(files, Role.AGENT, "must be an authority's", "wrong way round");
  }

  @Test
  void refusesCertificatesThatWereMadeForSomethingElse() throws Exception {
    Path ca = folder.resolve("ca");
    String name = "dormouse://c/agent/n1";

    odd(new OddCertificate().server().client(), ca, "exactly one dormouse: name, and has 0");
    odd(
        new OddCertificate().uri(name).uri("dormouse://c/controller/x").server().client(),
        ca,
        "and has 2");
    odd(
        new OddCertificate().uri("dormouse:c/agent/n1").server().client(),
        ca,
        "must be dormouse://CELL");
    odd(new OddCertificate().uri(name).server(), ca, "extended key usage clientAuth");
    odd(new OddCertificate().uri(name).client(), ca, "extended key usage serverAuth");
    odd(new OddCertificate().uri(name), ca, "extended key usage");
    odd(new OddCertificate().uri(name).server().client().rsa(1024), ca, "has 1024 bits");
  }

  private void odd(OddCertificate odd, Path ca, String what) throws Exception {
    TlsFiles files = odd.signedBy(ca, Files.createTempDirectory(folder, "odd"));

    assertThatThrownBy(() -> TlsIdentity.open(files, Role.AGENT, InstantSource.system()))
        .isInstanceOf(PkiException.class)
        .hasMessageContaining(what)
        .hasMessageContaining("Maybe ");
  }

  private static TlsIdentity open(IssuedFiles files, Role role) throws PkiException {
    return TlsIdentity.open(files.tls(), role, InstantSource.system());
  }

  private static void refused(IssuedFiles files, Role role, String what, String fix) {
    assertThatThrownBy(() -> open(files, role))
        .isInstanceOf(PkiException.class)
        .hasMessageContaining(what)
        .hasMessageContaining("Maybe ")
        .hasMessageContaining(fix);
  }
}
