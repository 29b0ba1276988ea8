package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that holds a device with a GPU's number, under a name that says nothing. */
class GpuUseIT {
  private static final Probe WORKS = new Probe(true, "", "it was tried");

  @TempDir Path folder;
  private Process process = new ProcessBuilder("true").start();

  GpuUseIT() throws IOException {}

  @BeforeEach
  void holdDevice() throws IOException, InterruptedException {
    Path device = folder.resolve("some-file");
    Process made =
        new ProcessBuilder("mknod", device.toString(), "c", "195", "0")
            .redirectErrorStream(true)
            .start();
    assumeTrue(made.waitFor() == 0, "devices can't be made here: this needs root");
    Path ready = folder.resolve("ready");
    // No driver stands behind it, so it can only be held as a path.
    String program =
        "import os, sys, time; fd = os.open(sys.argv[1], os.O_PATH);"
            + " open(sys.argv[2], 'w').close(); time.sleep(600)";
    process =
        new ProcessBuilder("python3", "-c", program, device.toString(), ready.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(ready));
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  @Test
  void itIsRefusedBeforeTheDumpWithTheReason() {
    ProcessTreeEngine engine = new ProcessTreeEngine(Path.of("/no/criu"), InstantSource.system());

    Outcome<DumpReport> dumped =
        engine.dump(
            process.pid(),
            folder.resolve("image"),
            new DumpOptions(DumpOptions.After.KEEP_RUNNING, Duration.ofSeconds(20)));

    assertThat(dumped).isInstanceOf(Outcome.Failed.class);
    EngineFailure why = ((Outcome.Failed<DumpReport>) dumped).failure();
    assertThat(why).isInstanceOf(EngineFailure.Unsupported.class);
    assertThat(why.message()).contains("some-file", "GPU");
    assertThat(folder.resolve("image")).doesNotExist();
    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void itIsNotRefusedWhereThePluginWorks() {
    List<Long> pids = List.of(process.pid());
    assertThat(GpuUse.savable("it", pids, () -> WORKS)).isEqualTo(Outcome.ok(true));
    assertThat(GpuUse.savable("it", pids, () -> GpuUse.NO_PLUGIN))
        .isInstanceOf(Outcome.Failed.class);
  }
}
