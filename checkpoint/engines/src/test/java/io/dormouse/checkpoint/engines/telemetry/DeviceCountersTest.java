package io.dormouse.checkpoint.engines.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DeviceCountersTest {
  private static final Traffic ETH = new Traffic(100, 10);

  private final DeviceCounters counters = new DeviceCounters();

  @Test
  void whatADeviceCountedStaysWhenItGoes() {
    assertThat(counters.add(Map.of("eth0", ETH, "veth1", new Traffic(50, 5))))
        .isEqualTo(new Traffic(150, 15));
    assertThat(counters.add(Map.of("eth0", ETH))).isEqualTo(new Traffic(150, 15));
    assertThat(counters.add(Map.of("eth0", ETH, "veth1", new Traffic(1, 1))))
        .as("another of the same name")
        .isEqualTo(new Traffic(151, 16));
  }

  @Test
  void aDeviceThatWasOnlyOverlookedCountsOnce() {
    Traffic unused = counters.add(Map.of("eth0", ETH, "veth1", new Traffic(50, 5)));
    unused = counters.add(Map.of("eth0", ETH));

    assertThat(counters.add(Map.of("eth0", ETH, "veth1", new Traffic(60, 6))))
        .isEqualTo(new Traffic(160, 16));
  }

  @Property(tries = 50)
  void theSumNeverFalls(@ForAll long seed) {
    Random random = new Random(seed);
    DeviceCounters all = new DeviceCounters();
    Map<String, Traffic> now = new HashMap<>();
    Traffic before = Traffic.NONE;
    for (int i = 0; i < 50; i++) {
      String device = "veth" + random.nextInt(5);
      if (random.nextBoolean()) {
        now.remove(device);
      } else {
        now.put(device, new Traffic(random.nextInt(1_000), random.nextInt(1_000)));
      }
      Traffic sum = all.add(now);
      assertThat(sum.inBytes()).isGreaterThanOrEqualTo(before.inBytes());
      assertThat(sum.outBytes()).isGreaterThanOrEqualTo(before.outBytes());
      before = sum;
    }
  }
}
