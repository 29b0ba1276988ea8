package io.dormouse.checkpoint.agentapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.Host;
import io.dormouse.checkpoint.hosts.HostAbilities;
import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.hosts.RestoreRules;
import io.dormouse.checkpoint.hosts.RestoreVerdict;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HostMessagesTest {
  private static final Probe NO_GPU = new Probe(false, "", "there is no GPU");

  private static HostAbilities host(String kernel) {
    HostFingerprint host =
        new HostFingerprint(
            kernel,
            "cpu",
            new TreeSet<>(Set.of("avx2", "sse2")),
            "glibc 2.36",
            "v2",
            "ext4",
            "criu 4.2");
    return HostMessages.abilities(host, "capsule", NO_GPU);
  }

  private static Host told(String kernel) {
    return HostMessages.of(host(kernel), "capsule");
  }

  @Test
  void whatIsToldIsWhatIsUnderstood() {
    HostAbilities understood = HostMessages.abilities(told("6.1"));

    assertThat(understood.host()).isEqualTo(host("6.1").host());
    assertThat(understood.engines()).isEqualTo(host("6.1").engines());
    assertThat(understood.gpu().works()).isFalse();
    assertThat(understood.gpu().reason()).isEqualTo("there is no GPU");
  }

  @Test
  void aVerdictNeedsNoMoreThanWhatIsTold() {
    assertThat(verdict(told("6.1"), told("6.1"))).isInstanceOf(RestoreVerdict.Yes.class);
    assertThat(verdict(told("6.1"), told("5.10")))
        .isInstanceOfSatisfying(
            RestoreVerdict.No.class,
            no -> assertThat(no.text()).isEqualTo("its kernel was 6.1, 5.10 is older"));
  }

  @Test
  void hostsThatToldNothingAreAllAlike() {
    Host nothing = Host.getDefaultInstance();

    assertThat(verdict(nothing, nothing)).isInstanceOf(RestoreVerdict.Yes.class);
  }

  private static RestoreVerdict verdict(Host source, Host target) {
    return RestoreRules.verdict(HostMessages.subject(source), HostMessages.abilities(target));
  }
}
