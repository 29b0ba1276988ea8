package io.dormouse.checkpoint.hosts;

import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import io.dormouse.checkpoint.hosts.RestoreVerdict.Kind;
import io.dormouse.checkpoint.hosts.RestoreVerdict.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says whether an image, or an instance that is to be dumped, can be restored on a host; pure. Only
 * what is known speaks against it: what a host does not tell is not held against it.
 */
public final class RestoreRules {
  private static final String CAPSULE = "capsule";
  private static final String DMTCP = "dmtcp";
  private static final Pattern NUMBERS =
      Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,9}))?(?:\\.(\\d{1,9}))?");

  private RestoreRules() {}

  /**
   * What is to be restored.
   *
   * @param engine that dumped it, or will
   * @param source where
   * @param holdsGpu whether it has a GPU open or mapped
   */
  public record Subject(String engine, HostFingerprint source, boolean holdsGpu) {}

  /** The verdict, with all reasons. */
  public static RestoreVerdict verdict(Subject subject, HostAbilities host) {
    List<Reason> reasons = new ArrayList<>();
    tool(subject, host).ifPresent(reasons::add);
    kernel(subject, host.host()).ifPresent(reasons::add);
    cpu(subject.source(), host.host()).ifPresent(reasons::add);
    libc(subject, host.host()).ifPresent(reasons::add);
    cgroups(subject, host.host()).ifPresent(reasons::add);
    if (subject.holdsGpu() && !host.gpu().works()) {
      reasons.add(new Reason(Kind.GPU, "it holds a GPU: " + host.gpu().reason()));
    }
    return reasons.isEmpty() ? new RestoreVerdict.Yes() : new RestoreVerdict.No(reasons);
  }

  private static Optional<Reason> tool(Subject subject, HostAbilities host) {
    @Nullable Probe probe = host.engines().get(subject.engine());
    if (probe == null || !probe.works()) {
      String why = probe == null ? "it has none of that name" : probe.reason();
      return reason(Kind.TOOL, "the engine %s does not work there: %s", subject.engine(), why);
    }
    String wanted = subject.source().toolVersion();
    boolean suits =
        subject.engine().equals(DMTCP)
            ? wanted.equals(probe.version())
            : compare(probe.version(), wanted) >= 0;
    return suits
        ? Optional.empty()
        : reason(Kind.TOOL, "it was dumped by %s, there is %s", wanted, probe.version());
  }

  private static Optional<Reason> kernel(Subject subject, HostFingerprint host) {
    String wanted = subject.source().kernelRelease();
    String there = host.kernelRelease();
    if (wanted.equals(there)) {
      return Optional.empty();
    }
    if (subject.engine().equals(DMTCP)) {
      // It compares where the kernel's functions lie in memory, and these are of each build.
      return reason(Kind.KERNEL, "DMTCP needs the kernel %s, there is %s", wanted, there);
    }
    return compare(there, wanted) >= 0
        ? Optional.empty()
        : reason(Kind.KERNEL, "its kernel was %s, %s is older", wanted, there);
  }

  private static Optional<Reason> cpu(HostFingerprint source, HostFingerprint host) {
    if (source.cpuFeatures().isEmpty()) {
      return source.cpuModel().equals(host.cpuModel())
          ? Optional.empty()
          : reason(
              Kind.CPU,
              "its CPU was %s, of which nothing more is known, and is %s there",
              source.cpuModel(),
              host.cpuModel());
    }
    NavigableSet<String> missing = new TreeSet<>(source.cpuFeatures());
    missing.removeAll(host.cpuFeatures());
    return missing.isEmpty()
        ? Optional.empty()
        : reason(Kind.CPU, "the CPU lacks %s, which it may use", String.join(", ", missing), "");
  }

  // Images of CRIU map the host's libraries again, which must be the same files.
  private static Optional<Reason> libc(Subject subject, HostFingerprint host) {
    return subject.engine().equals(DMTCP) || agree(subject.source().libc(), host.libc())
        ? Optional.empty()
        : reason(
            Kind.LIBC, "its C library was %s, there is %s", subject.source().libc(), host.libc());
  }

  private static Optional<Reason> cgroups(Subject subject, HostFingerprint host) {
    return !subject.engine().equals(CAPSULE) || agree(subject.source().cgroups(), host.cgroups())
        ? Optional.empty()
        : reason(
            Kind.CGROUPS,
            "its cgroups were %s, and are %s there",
            subject.source().cgroups(),
            host.cgroups());
  }

  private static boolean agree(String one, String other) {
    return one.equals(other)
        || one.equals(HostFingerprint.UNKNOWN)
        || other.equals(HostFingerprint.UNKNOWN);
  }

  private static Optional<Reason> reason(Kind kind, String text, String first, String second) {
    return Optional.of(new Reason(kind, text.formatted(first, second)));
  }

  /** By the first up to three numbers in each; what has none is older than what has. */
  static int compare(String one, String other) {
    long[] a = numbers(one);
    long[] b = numbers(other);
    return Arrays.compare(a, b);
  }

  private static long[] numbers(String version) {
    Matcher matcher = NUMBERS.matcher(version);
    long[] numbers = {-1, -1, -1};
    if (matcher.find()) {
      for (int i = 0; i < numbers.length; i++) {
        String group = matcher.group(i + 1);
        numbers[i] = group == null ? 0 : Long.parseLong(group);
      }
    }
    return numbers;
  }
}
