package io.dormouse.checkpoint.hosts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Takes the fingerprint of the host that this runs on. */
public final class ThisHost {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final Path MOUNTS = Path.of("/proc/mounts");
  private static final long LIBC_SECONDS_MAX = 5;

  // The kernel adds names of its own, of faults and of what only it uses; these change with it.
  private static final Pattern FOR_PROGRAMS =
      Pattern.compile(
          "fpu|mmx.*|cx8|cmov|sse.*|ssse3|pni|avx.*|amx_.*|aes|vaes|v?pclmulqdq|fma4?|f16c|bmi[12]|abm|adx"
              + "|popcnt|movbe|rdrand|rdseed|sha.*|gfni|xsave.*|fsgsbase|cl(flush|flushopt|wb|demote)"
              + "|erms|fsrm|rtm|hle|pku|ospke|rdtscp|rdpid|movdir.*|serialize|waitpkg|cx16|lahf_lm"
              + "|fxsr.*|syscall|lm|user_shstk|3dnow.*|tbm|xop|misalignsse|prefetchw|sm[34]");

  private ThisHost() {}

  /**
   * The fingerprint for images dumped here.
   *
   * @param toolVersion of the dumping tool, e.g. {@code criu 4.2.1}
   * @param files where instances write
   * @throws IOException if the host tells, but can't be read now
   */
  public static HostFingerprint fingerprint(String toolVersion, Path files) throws IOException {
    String cpuinfo = read(CPUINFO);
    String mounts = read(MOUNTS);
    return new HostFingerprint(
        System.getProperty("os.version"),
        field(cpuinfo, "model name"),
        features(cpuinfo),
        libc(),
        cgroups(mounts),
        Files.getFileStore(files).type(),
        toolVersion);
  }

  /** Nothing where the kernel has no such file. */
  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  static String field(String cpuinfo, String name) {
    return cpuinfo
        .lines()
        .filter(l -> l.startsWith(name))
        .map(l -> l.substring(l.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(HostFingerprint.UNKNOWN);
  }

  /** On ARM all that Linux names is for programs. */
  static NavigableSet<String> features(String cpuinfo) {
    NavigableSet<String> features = new TreeSet<>();
    Arrays.stream(field(cpuinfo, "flags").split(" ", -1))
        .filter(FOR_PROGRAMS.asMatchPredicate())
        .forEach(features::add);
    String arm = field(cpuinfo, "Features");
    if (!arm.equals(HostFingerprint.UNKNOWN)) {
      features.addAll(List.of(arm.split(" ", -1)));
    }
    return features;
  }

  static String cgroups(String mounts) {
    List<String> types =
        mounts
            .lines()
            .map(line -> line.split(" ", 4))
            .filter(f -> f.length > 3)
            .map(f -> f[2])
            .toList();
    boolean old = types.contains("cgroup");
    boolean unified = types.contains("cgroup2");
    if (old) {
      return unified ? "hybrid" : "v1";
    }
    return unified ? "v2" : HostFingerprint.UNKNOWN;
  }

  private static String libc() throws IOException {
    Process getconf;
    try {
      getconf =
          new ProcessBuilder("getconf", "GNU_LIBC_VERSION")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      // Other C libraries have no such program.
      return HostFingerprint.UNKNOWN;
    }
    getconf.getOutputStream().close();
    try {
      if (!getconf.waitFor(LIBC_SECONDS_MAX, TimeUnit.SECONDS) || getconf.exitValue() != 0) {
        return HostFingerprint.UNKNOWN;
      }
      return new String(getconf.getInputStream().readNBytes(100), StandardCharsets.UTF_8).strip();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return HostFingerprint.UNKNOWN;
    } finally {
      getconf.destroyForcibly();
    }
  }
}
