package io.dormouse.checkpoint.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import io.dormouse.checkpoint.pki.authority.CertificateRequest;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerNameTest {
  @Property(tries = 500)
  void whatIsWrittenIsRead(
      @ForAll("names") String cell, @ForAll Role role, @ForAll("names") String node) {
    PeerName name = new PeerName(cell, role, node);

    assertThat(PeerName.parse(name.uri())).contains(name);
  }

  @Property(tries = 500)
  void whatIsReadWouldBeWrittenTheSame(@ForAll("almostNames") String uri) {
    assertThat(PeerName.parse(uri).map(PeerName::uri).orElse(uri)).isEqualTo(uri);
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withCharRange('A', 'Z')
        .numeric()
        .withChars("._:-")
        .ofMinLength(1)
        .ofMaxLength(128)
        .filter(name -> Character.isLetterOrDigit(name.charAt(0)));
  }

  @Provide
  Arbitrary<String> almostNames() {
    return Arbitraries.strings()
        .withChars("ab:/%3A.")
        .ofMaxLength(8)
        .map(part -> "dormouse://c" + part + "/agent/n" + part);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "dormouse://",
        "dormouse://c/agent",
        "dormouse://c/agent/",
        "dormouse://c/agent/n/",
        "dormouse://c/operator/n",
        "dormouse://c/Agent/n",
        "DORMOUSE://c/agent/n",
        "dormouse://c:1/agent/n",
        "dormouse://c/agent/n%2Fx",
        "dormouse://c/agent/n%3a",
        "dormouse://c/agent/..",
        "dormouse://c/agent/n?x",
        "dormouse://c/agent/n\n",
        "spiffe://c/agent/n"
      })
  void nothingElseIsAName(String uri) {
    assertThat(PeerName.parse(uri)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", "-a", ".a", "ä", "a\u0000"})
  void otherNamesAreRefused(String name) {
    assertThatThrownBy(() -> new PeerName(name, Role.AGENT, "n"))
        .hasMessageContaining("The cell (")
        .hasMessageContaining("Maybe ");
    assertThatThrownBy(() -> new PeerName("c", Role.AGENT, name))
        .hasMessageContaining("The node (");
    assertThatThrownBy(() -> new PeerName("c", Role.AGENT, "a".repeat(129)))
        .hasMessageContaining("1 to 128");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "1", "a:b", "a_b", "10", "1.2.3.4", "a-", "1a.b", "a..b"})
  void certificatesCarryEveryName(String name, @TempDir Path folder) throws Exception {
    CertificateAuthority authority =
        CertificateAuthority.create(
            folder.resolve("ca"), Duration.ofDays(1), InstantSource.system());
    PeerName peer = new PeerName(name, Role.AGENT, name);
    CertificateRequest request =
        new CertificateRequest(peer, List.of("127.0.0.1"), Duration.ofHours(1));

    authority.issue(request, new IssuedFiles(folder.resolve("out")));

    assertThat(PeerName.of(PemFiles.certificates(folder.resolve("out/certificate.pem")).get(0)))
        .isEqualTo(peer);
  }

  @Test
  void rolesHaveLabels() {
    assertThat(Role.of("agent")).contains(Role.AGENT);
    assertThat(Role.of("controller")).contains(Role.CONTROLLER);
    assertThat(Role.of("CONTROLLER")).isEmpty();
  }
}
