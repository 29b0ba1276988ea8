package io.dormouse.checkpoint.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThisHostTest {
  @Test
  void firstProcessorIsTaken() {
    String cpuinfo =
        "processor\t: 0\nmodel name\t: One: a\nflags\t\t: fpu vme\n\nprocessor\t: 1\nmodel name\t: Two\n";

    assertThat(ThisHost.field(cpuinfo, "model name")).isEqualTo("One: a");
    assertThat(ThisHost.field(cpuinfo, "flags")).isEqualTo("fpu vme");
    assertThat(ThisHost.field("", "flags")).isEqualTo("unknown");
  }

  @Test
  void onlyWhatProgramsUseCounts() {
    assertThat(ThisHost.features("flags\t: fpu pti avx2 rep_good sse4_2 bugs ibrs\n"))
        .containsExactly("avx2", "fpu", "sse4_2");
    assertThat(ThisHost.features("Features\t: fp asimd evtstrm\n"))
        .containsExactly("asimd", "evtstrm", "fp");
    assertThat(ThisHost.features("")).isEmpty();
  }

  @Test
  void cgroupsByWhatIsMounted() {
    assertThat(ThisHost.cgroups("cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n")).isEqualTo("v2");
    assertThat(ThisHost.cgroups("a /a cgroup rw,freezer 0 0\n")).isEqualTo("v1");
    assertThat(ThisHost.cgroups("a /a cgroup rw 0 0\nb /b cgroup2 rw 0 0\n")).isEqualTo("hybrid");
    assertThat(ThisHost.cgroups("tmpfs /tmp tmpfs rw 0 0\n")).isEqualTo("unknown");
  }

  @Test
  void fingerprintIsTheSameTwice(@TempDir Path directory) throws IOException {
    HostFingerprint fingerprint = ThisHost.fingerprint("criu 4.2.1", directory);

    assertThat(ThisHost.fingerprint("criu 4.2.1", directory)).isEqualTo(fingerprint);
    assertThat(fingerprint.cpuFeatures()).isNotEmpty();
    assertThat(fingerprint.storage()).isNotBlank();
    assertThat(fingerprint.libc()).isNotBlank();
  }
}
