package io.dormouse.checkpoint.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import io.dormouse.checkpoint.hosts.RestoreRules.Subject;
import io.dormouse.checkpoint.hosts.RestoreVerdict.Kind;
import io.dormouse.checkpoint.hosts.RestoreVerdict.No;
import io.dormouse.checkpoint.hosts.RestoreVerdict.Yes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RestoreRulesTest {
  private static final List<String> ENGINES = List.of("capsule", "process-tree", "dmtcp");
  private static final Probe NO_GPU = new Probe(false, "", "CRIU has no plugin for it");

  @Provide
  Arbitrary<HostFingerprint> hosts() {
    Arbitrary<Set<String>> features =
        Arbitraries.of("avx", "avx2", "avx512f", "sse2", "fma").set().ofMinSize(1);
    return Combinators.combine(
            Arbitraries.of("5.10.0-1", "6.1.0", "6.1.9-cloud", "6.9.1", "6.18.2"),
            features,
            Arbitraries.of("glibc 2.36", "glibc 2.41", HostFingerprint.UNKNOWN),
            Arbitraries.of("v1", "v2", "hybrid", HostFingerprint.UNKNOWN),
            Arbitraries.of("criu 4.1.1", "criu 4.2.1", "dmtcp 4.2.0"))
        .as(
            (kernel, cpu, libc, cgroups, tool) ->
                new HostFingerprint(
                    kernel, "cpu", new TreeSet<>(cpu), libc, cgroups, "ext4", tool));
  }

  @Provide
  Arbitrary<String> engines() {
    return Arbitraries.of(ENGINES);
  }

  private static Subject subject(String engine, HostFingerprint source) {
    return new Subject(engine, source, false);
  }

  private static HostAbilities abilities(HostFingerprint host, String toolVersion) {
    Map<String, Probe> probes = new HashMap<>();
    ENGINES.forEach(engine -> probes.put(engine, new Probe(true, toolVersion, "it works")));
    return new HostAbilities(host, probes, NO_GPU);
  }

  private static HostAbilities abilities(HostFingerprint host) {
    return abilities(host, host.toolVersion());
  }

  private static List<Kind> against(Subject subject, HostAbilities host) {
    return RestoreRules.verdict(subject, host) instanceof No no
        ? no.reasons().stream().map(RestoreVerdict.Reason::kind).toList()
        : List.of();
  }

  @Property
  void whereItWasDumpedItIsRestored(
      @ForAll("engines") String engine, @ForAll("hosts") HostFingerprint host) {
    assertThat(RestoreRules.verdict(subject(engine, host), abilities(host))).isEqualTo(new Yes());
  }

  @Property
  void nothingMoreSpeaksAgainstWhoCanDoMore(
      @ForAll boolean capsule,
      @ForAll("hosts") HostFingerprint source,
      @ForAll("hosts") HostFingerprint host) {
    Subject subject = subject(capsule ? "capsule" : "process-tree", source);
    TreeSet<String> more = new TreeSet<>(host.cpuFeatures());
    more.add("amx_tile");
    HostFingerprint better =
        new HostFingerprint(
            "7.0", "cpu", more, host.libc(), host.cgroups(), "xfs", host.toolVersion());

    List<Kind> against = against(subject, abilities(better, "criu 9.9"));

    assertThat(against(subject, abilities(host))).containsAll(against);
    assertThat(against).doesNotContain(Kind.KERNEL, Kind.TOOL);
  }

  @Property
  void aNoIsForWhatDiffersAndSaysSo(
      @ForAll("engines") String engine,
      @ForAll("hosts") HostFingerprint source,
      @ForAll("hosts") HostFingerprint host) {
    boolean dmtcp = engine.equals("dmtcp");
    List<Kind> against = against(subject(engine, source), abilities(host));
    int kernel = RestoreRules.compare(host.kernelRelease(), source.kernelRelease());
    int tool = RestoreRules.compare(host.toolVersion(), source.toolVersion());

    assertThat(against.contains(Kind.CPU))
        .isEqualTo(!host.cpuFeatures().containsAll(source.cpuFeatures()));
    assertThat(against.contains(Kind.KERNEL))
        .isEqualTo(dmtcp ? !host.kernelRelease().equals(source.kernelRelease()) : kernel < 0);
    assertThat(against.contains(Kind.TOOL))
        .isEqualTo(dmtcp ? !host.toolVersion().equals(source.toolVersion()) : tool < 0);
    assertThat(against.contains(Kind.LIBC)).isEqualTo(!dmtcp && differ(source.libc(), host.libc()));
    assertThat(against.contains(Kind.CGROUPS))
        .isEqualTo(engine.equals("capsule") && differ(source.cgroups(), host.cgroups()));
  }

  private static boolean differ(String one, String other) {
    return !one.equals(other)
        && !one.equals(HostFingerprint.UNKNOWN)
        && !other.equals(HostFingerprint.UNKNOWN);
  }

  @Property
  void withoutItsToolNothingIsRestored(
      @ForAll("engines") String engine, @ForAll("hosts") HostFingerprint host) {
    Probe broken = new Probe(false, host.toolVersion(), "the probe failed");
    HostAbilities without = new HostAbilities(host, Map.of(), NO_GPU);
    HostAbilities failing = new HostAbilities(host, Map.of(engine, broken), NO_GPU);

    assertThat(against(subject(engine, host), without)).containsExactly(Kind.TOOL);
    assertThat(against(subject(engine, host), failing)).containsExactly(Kind.TOOL);
    assertThat(RestoreRules.verdict(subject(engine, host), failing))
        .isInstanceOfSatisfying(No.class, no -> assertThat(no.text()).contains("probe failed"));
  }

  @Property
  void aGpuNeedsItsPlugin(@ForAll("engines") String engine, @ForAll("hosts") HostFingerprint host) {
    Subject gpu = new Subject(engine, host, true);
    HostAbilities with =
        new HostAbilities(host, abilities(host).engines(), new Probe(true, "", "it works"));

    assertThat(against(gpu, abilities(host))).containsExactly(Kind.GPU);
    assertThat(RestoreRules.verdict(gpu, with)).isEqualTo(new Yes());
  }

  @Property
  void whateverIsRecordedThereIsAVerdict(
      @ForAll String engine,
      @ForAll String kernel,
      @ForAll String version,
      @ForAll("hosts") HostFingerprint host) {
    HostFingerprint source = HostFingerprint.early(kernel, "cpu", version);

    assertThat(RestoreRules.verdict(subject(engine, source), abilities(host)))
        .isInstanceOfAny(Yes.class, No.class);
  }

  @Property
  void ofAnEarlyImageTheModelOfTheCpuDecides(@ForAll("hosts") HostFingerprint host) {
    HostFingerprint same = HostFingerprint.early("5.1", "cpu", host.toolVersion());
    HostFingerprint other = HostFingerprint.early("5.1", "another", host.toolVersion());

    assertThat(against(subject("capsule", same), abilities(host))).isEmpty();
    assertThat(against(subject("capsule", other), abilities(host))).containsExactly(Kind.CPU);
  }
}
