package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dumps whose pages are read where they are, while CRIU holds the processes. */
@Timeout(60)
class LiveMemoryIT {
  private static Toolchain tools = new Toolchain(Path.of(""), "", Path.of(""), "");

  @TempDir private Path directory;
  private StoredHome home;
  private NativeSurvivor survivor;

  @BeforeAll
  static void findTools() {
    tools = TestTools.toolchain();
  }

  @BeforeEach
  void open() throws IOException {
    InstanceFiles.createPassable(directory);
    home = new StoredHome(tools, directory);
  }

  @AfterEach
  void close() {
    home.close();
  }

  private void live(NativeSurvivor program) throws IOException {
    survivor = program;
    Survivor.Launch launch = survivor.prepare(directory, home);
    home.start(launch.argv(), launch.readOnly());
    survivor.live(home);
  }

  private DumpReport hibernateAndWake() throws IOException {
    Path image = Files.createDirectory(directory.resolve("image"), Private.DIRECTORY);
    DumpReport report = home.hibernate(image);
    home.wake(image);
    survivor.prove(home);
    return report;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "memfd"})
  void noPageIsWritten(String manner) throws IOException {
    live(new NativeSurvivor(manner));

    DumpReport report = hibernateAndWake();

    // Two processes, the memory that they share, and that which is a file.
    assertThat(report.leftOut().live().files()).hasSize(manner.isEmpty() ? 3 : 4);
    assertThat(report.imageBytes()).isLessThan(report.memoryBytes() / 2);
  }

  @Test
  void whatNobodyElseCanReadIsWritten() throws IOException {
    live(new NativeSurvivor("sysv"));

    DumpReport report = hibernateAndWake();

    assertThat(report.leftOut().live().files()).isEmpty();
    assertThat(report.imageBytes()).isGreaterThan(report.memoryBytes());
  }

  @Test
  void whatRanOnMeanwhileMakesNoImage() throws IOException {
    live(new NativeSurvivor(""));
    StoredHome.Dump dump = home.dump();
    TestTools.ok(home.capsule().engine().thaw(home.capsule().id(), Home.LIMIT));

    noImageOf(dump);
    survivor.prove(home);
  }

  @Test
  void neitherDoesWhatWasKilled() throws IOException {
    live(new NativeSurvivor(""));
    StoredHome.Dump dump = home.dump();
    TestTools.ok(home.capsule().engine().kill(home.capsule().id(), Home.LIMIT));

    noImageOf(dump);
  }

  private void noImageOf(StoredHome.Dump dump) {
    assertThat(home.publish(dump)).isInstanceOf(Stored.Failed.class);
    assertThat(home.store().show(dump.staged().id())).isInstanceOf(Image.Missing.class);
  }

  @Test
  void anEndOfTheHoldShowsThoughTheProcessesAreFrozen() throws IOException {
    live(new NativeSurvivor(""));
    StoredHome.Dump dump = home.dump();
    assertThat(dump.report().leftOut().live().unchanged().getAsBoolean()).isTrue();
    long member = CapsuleCgroup.freezer(home.capsule().id()).processes().get(0);
    long tracer = Long.parseLong(ProcFs.statusField(member, "TracerPid:").orElseThrow());
    assertThat(ProcessHandle.of(tracer).orElseThrow().destroyForcibly()).isTrue();

    Awaitility.await()
        .atMost(Home.LIMIT)
        .until(() -> !dump.report().leftOut().live().unchanged().getAsBoolean());
    noImageOf(dump);
  }
}
