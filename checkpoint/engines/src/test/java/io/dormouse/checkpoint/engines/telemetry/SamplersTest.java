package io.dormouse.checkpoint.engines.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.telemetry.CgroupSampler.Hierarchies;
import io.dormouse.checkpoint.engines.telemetry.Reading.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On files as kernels of both cgroup versions write them. */
class SamplersTest {
  private static final String STAT_V1 =
      "cache 9826304\nrss 8167424\ninactive_file 4096\ntotal_cache 1\ntotal_inactive_file 1000\n";
  private static final String CPU_STAT_V2 =
      """
      usage_usec 1234567
      user_usec 1000000
      system_usec 234567
      nr_periods 4
      nr_throttled 2
      throttled_usec 5000
      """;

  @TempDir private Path root;

  private long nanoTime;
  private CgroupSampler v1;
  private CgroupSampler v2;

  @BeforeEach
  void write() throws IOException {
    put("v1/memory/dormouse/i/cgroup.procs", "17\n");
    put("v1/memory/dormouse/i/memory.usage_in_bytes", "5000\n");
    put("v1/memory/dormouse/i/memory.stat", STAT_V1);
    put("v1/cpuacct/dormouse/i/cpuacct.usage", "1234567000\n");
    put("v1/cpu/dormouse/i/cpu.stat", "nr_periods 0\nnr_throttled 0\nthrottled_time 5000000\n");
    put("v1/blkio/dormouse/i/blkio.throttle.io_service_bytes", "8:0 Read 7\n8:0 Write 8\n");
    put("v2/dormouse/i/cgroup.procs", "17\n");
    put("v2/dormouse/i/memory.current", "5000\n");
    put("v2/dormouse/i/memory.stat", "anon 1\nactive_file 5\ninactive_file 1000\n");
    put("v2/dormouse/i/cpu.stat", CPU_STAT_V2);
    put("v2/dormouse/i/io.stat", "8:0 rbytes=7 wbytes=8 rios=1 wios=1 dbytes=0 dios=0\n");
    put("v2/dormouse/i/cpu.pressure", ParsersTest.STALL);
    put("v2/dormouse/i/memory.pressure", ParsersTest.STALL);
    v1 =
        new CgroupSampler(
            new Hierarchies(at("memory"), at("cpuacct"), at("cpu"), at("blkio"), Optional.empty()),
            () -> nanoTime);
    v2 =
        new CgroupSampler(
            new Hierarchies(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(root.resolve("v2"))),
            () -> nanoTime);
  }

  private Optional<Path> at(String controller) {
    return Optional.of(root.resolve("v1").resolve(controller));
  }

  private void put(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void bothVersionsTellTheSame() {
    for (CgroupSampler sampler : List.of(v1, v2)) {
      Usage usage = sampler.sample("dormouse/i").orElseThrow();

      assertThat(usage.memoryBytes()).isEqualTo(4_000);
      assertThat(usage.cpuTime()).isEqualTo(Duration.ofNanos(1_234_567_000));
      assertThat(usage.throttled().value()).contains(Duration.ofMillis(5));
      assertThat(usage.disk().value()).contains(new Traffic(7, 8));
      assertThat(usage.network()).isEqualTo(Reading.none(Cause.SHARED));
    }
  }

  @Test
  void onlyVersionTwoHasPressureAndWhatItLacksIsNotTold() {
    Pressure pressure = v2.sample("dormouse/i").orElseThrow().pressure();

    assertThat(pressure.cpu().value()).isPresent();
    assertThat(pressure.io()).isEqualTo(Reading.none(Cause.NOT_TOLD));
    assertThat(v1.sample("dormouse/i").orElseThrow().pressure())
        .isEqualTo(Pressure.none(Cause.NOT_TOLD));
  }

  @Test
  void aCgroupThatIsGoneOrEmptyUsesNothingThatCouldBeTold() throws IOException {
    put("v1/memory/dormouse/i/cgroup.procs", "");
    put("v2/dormouse/i/cgroup.procs", "\n");

    assertThat(v1.sample("dormouse/i")).isEmpty();
    assertThat(v2.sample("dormouse/i")).isEmpty();
    assertThat(v1.sample("dormouse/j")).isEmpty();
  }

  @Test
  void whatDidNotRunIsReadAgainAfterAWhileOnly() throws IOException {
    assertThat(v1.sample("dormouse/i").orElseThrow().memoryBytes()).isEqualTo(4_000);
    put("v1/memory/dormouse/i/memory.usage_in_bytes", "9000\n");

    assertThat(v1.sample("dormouse/i").orElseThrow().memoryBytes()).isEqualTo(4_000);
    nanoTime = Duration.ofSeconds(30).toNanos();
    assertThat(v1.sample("dormouse/i").orElseThrow().memoryBytes()).isEqualTo(8_000);
  }

  @Test
  void whatRanIsReadAgain() throws IOException {
    assertThat(v1.sample("dormouse/i").orElseThrow().memoryBytes()).isEqualTo(4_000);
    put("v1/memory/dormouse/i/memory.usage_in_bytes", "9000\n");
    put("v1/cpuacct/dormouse/i/cpuacct.usage", "1234567001\n");

    assertThat(v1.sample("dormouse/i").orElseThrow().memoryBytes()).isEqualTo(8_000);
    put("v1/memory/dormouse/i/cgroup.procs", "");
    put("v1/cpuacct/dormouse/i/cpuacct.usage", "1234567002\n");
    assertThat(v1.sample("dormouse/i")).isEmpty();
  }

  @Test
  void aFigureThatIsMalformedIsMissingAndTheRestIsTold() throws IOException {
    put("v2/dormouse/i/io.stat", "8:0 rbytes=many\n");
    put("v2/dormouse/i/cpu.pressure", "some avg10=\n");

    Usage usage = v2.sample("dormouse/i").orElseThrow();

    assertThat(usage.disk()).isEqualTo(Reading.none(Cause.UNKNOWN_FORM));
    assertThat(usage.pressure().cpu()).isEqualTo(Reading.none(Cause.UNKNOWN_FORM));
    assertThat(usage.pressure().memory().value()).isPresent();
  }

  @Test
  void aTreeOfProcessesIsSummedWithWhatItsEndedChildrenUsed() throws IOException {
    process(10, "sh (x) y", "20 30 4 5", "11 12");
    process(11, "a", "1 0 0 0", "");
    process(12, "b", "0 1 0 0", "");

    Usage usage = new ProcessSampler(root).sample(10).orElseThrow();

    assertThat(usage.cpuTime()).isEqualTo(Duration.ofMillis(610));
    assertThat(usage.memoryBytes()).isEqualTo(3 * 100 * 1024);
    assertThat(usage.disk().value()).contains(new Traffic(12, 15));
    assertThat(new ProcessSampler(root).sample(13)).isEmpty();
  }

  private void process(int pid, String name, String times, String children) throws IOException {
    put(
        pid + "/stat",
        pid + " (" + name + ") S 1 1 1 0 -1 4194560 100 200 0 0 " + times + " 20 0 1 0 5\n");
    put(pid + "/status", "Name:\tx\nVmHWM:\t 900 kB\nVmRSS:\t 100 kB\n");
    put(pid + "/io", "rchar: 1\nread_bytes: 4\nwrite_bytes: 5\n");
    put(pid + "/task/" + pid + "/children", children);
  }

  @Test
  void aNodeWithoutProcessorsForGraphicsSaysSo() throws IOException {
    put("stat", "cpu  1 2 3 4 5 6 7 8\n");

    NodeUsage node = new NodeSampler(root, root).sample();

    assertThat(node.cpuBusy().value()).contains(Duration.ofMillis(270));
    assertThat(node.gpus()).isEqualTo(Reading.none(Cause.NO_DEVICE));
    assertThat(node.memory()).isEqualTo(Reading.none(Cause.NOT_TOLD));
  }

  @Test
  void graphicsProcessorsTellWhatTheirDriversTell() throws IOException {
    put("class/drm/card0/device/mem_info_vram_total", "1000\n");
    put("class/drm/card0/device/mem_info_vram_used", "400\n");
    put("class/drm/card0/device/gpu_busy_percent", "35\n");
    put("class/drm/card0-HDMI-A-1/status", "connected\n");
    put("driver/nvidia/gpus/0000:01:00.0/information", "Model: X\n");

    assertThat(new NodeSampler(root, root).sample().gpus().value())
        .contains(
            List.of(
                new Gpu("card0", Reading.of(0.35), Reading.of(new Memory(1000, 600))),
                new Gpu(
                    "nvidia-0000:01:00.0",
                    Reading.none(Cause.NOT_TOLD),
                    Reading.none(Cause.NOT_TOLD))));
  }

  @Test
  void thisMachineTellsItsMemoryAndTime() {
    NodeUsage node = new NodeSampler().sample();

    assertThat(node.memory().value())
        .hasValueSatisfying(
            memory -> assertThat(memory.availableBytes()).isBetween(1L, memory.totalBytes()));
    assertThat(node.cpuBusy().value()).hasValueSatisfying(time -> assertThat(time).isPositive());
  }
}
