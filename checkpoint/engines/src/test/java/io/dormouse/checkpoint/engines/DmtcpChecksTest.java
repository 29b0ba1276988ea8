package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DmtcpChecksTest {
  @Test
  void onlyReadableMemoryWithoutAFileCounts() {
    String maps =
        """
        7f0000000000-7f0000001000 rw-s 00000000 00:01 4711                       /dev/zero (deleted)
        7f0000001000-7f0000002000 ---s 00000000 00:01 4712                       /dev/zero (deleted)
        7f0000002000-7f0000003000 rw-p 00000000 00:01 4713                       /dev/zero (deleted)
        7f0000003000-7f0000004000 rw-s 00000000 fe:00 4714                       /home/counters
        """;

    assertThat(DmtcpChecks.areas(maps)).containsExactly("00:01 4711");
  }
}
