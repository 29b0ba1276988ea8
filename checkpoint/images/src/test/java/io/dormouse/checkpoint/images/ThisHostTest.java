package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

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
  void fingerprintIsTheSameTwice() throws IOException {
    assertThat(ThisHost.fingerprint("criu 4.2.1")).isEqualTo(ThisHost.fingerprint("criu 4.2.1"));
    assertThat(ThisHost.fingerprint("criu 4.2.1").cpuFlagsSha256()).hasSize(64);
  }
}
