package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, dumped and restored by the real tool, and by one that hangs. */
@Timeout(90)
class ProcessTreeEngineIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final DumpOptions KEEP = DumpOptions.of(After.KEEP_RUNNING);
  private static Toolchain tools = new Toolchain(Path.of(""), "", Path.of(""), "");

  private Path directory = Path.of("");
  private Path log = Path.of("");
  private Path image = Path.of("");
  private ProcessTreeEngine engine = new ProcessTreeEngine(Path.of(""), InstantSource.system());
  private long pid;

  @BeforeAll
  static void findTools() {
    tools = TestTools.toolchain();
  }

  @BeforeEach
  void startAppender(@TempDir Path temporary) throws IOException {
    directory = temporary;
    log = directory.resolve("app.log");
    image = Files.createDirectory(directory.resolve("image"));
    engine = new ProcessTreeEngine(tools.criu(), InstantSource.system());
    Path classes =
        Path.of(Appender.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    pid =
        new ProcessBuilder(
                List.of(
                    "setsid",
                    System.getProperty("java.home") + "/bin/java",
                    "-XX:+UseSerialGC",
                    "-Xmx32m",
                    "-XX:-UsePerfData",
                    "-cp",
                    classes.toString(),
                    Appender.class.getName(),
                    log.toString(),
                    directory.resolve("counter").toString()))
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(Path.of("/dev/null").toFile())
            .start()
            .pid();
    Awaitility.await().atMost(LIMIT).until(() -> lines() > 20);
  }

  @AfterEach
  void end() {
    ok(engine.kill(pid, LIMIT));
  }

  @Test
  void fileAndCounterAgreeAfterKeepRunningKillAndRestore() throws IOException {
    ok(engine.dump(pid, image, KEEP));
    long atDump = lines();
    Awaitility.await().atMost(LIMIT).until(() -> lines() > atDump + 50);
    ok(engine.kill(pid, LIMIT));
    long atKill = lines();

    RestoredTree restored = ok(engine.restore(image, LIMIT));

    assertThat(restored.pid()).isEqualTo(pid);
    assertThat(restored.movedAside())
        .hasSize(2)
        .allSatisfy(p -> assertThat(p.getFileName().toString()).contains(".before-restore-"));
    assertThat(restored.movedAside())
        .anySatisfy(p -> assertThat(Files.readAllLines(p)).hasSize((int) atKill));
    Awaitility.await().atMost(LIMIT).until(() -> lines() > atKill + 50);
    ok(engine.kill(pid, LIMIT));
    List<String> all = Files.readAllLines(log);
    assertThat(all)
        .isEqualTo(IntStream.rangeClosed(1, all.size()).mapToObj(Integer::toString).toList());
    assertThat(counter()).isIn((long) all.size(), all.size() - 1L);
  }

  @Test
  void processThatRunsIsNotRestoredASecondTimeAndItsFilesStay() throws IOException {
    ok(engine.dump(pid, image, KEEP));

    assertThat(engine.restore(image, LIMIT))
        .isEqualTo(Outcome.failed(new EngineFailure.PidInUse(pid)));
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void fileThatIsSomethingElseNowIsNotReplaced() throws IOException {
    ok(engine.dump(pid, image, DumpOptions.of(After.STOP)));
    Files.setAttribute(log, "unix:uid", 1234);
    assertThat(failure(engine.restore(image, LIMIT)))
        .isInstanceOf(EngineFailure.FileConflict.class);
    Files.delete(log);
    Files.createDirectory(log);
    assertThat(failure(engine.restore(image, LIMIT)))
        .isInstanceOf(EngineFailure.FileConflict.class);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void deadProcessIsToldSo() {
    ok(engine.kill(pid, LIMIT));

    assertThat(failure(engine.dump(pid, image, KEEP)))
        .isEqualTo(new EngineFailure.ProcessGone("pid " + pid));
  }

  @Test
  void directoryThatIsNotThereLeavesTheProcessRunning() throws IOException {
    assertThat(failure(engine.dump(pid, directory.resolve("none"), KEEP)))
        .isInstanceOf(EngineFailure.Io.class);
    goesOn();
  }

  @Test
  void truncatedPagesEndInATypedFailureAndNothingSpins() throws IOException {
    ok(engine.dump(pid, image, DumpOptions.of(After.STOP)));
    Path pages = image.resolve("criu/pages-1.img");
    try (RandomAccessFile file = new RandomAccessFile(pages.toFile(), "rw")) {
      file.setLength(file.length() / 2 / 4096 * 4096);
    }
    String before = Files.readString(log);

    assertThat(failure(engine.restore(image, Duration.ofSeconds(3))))
        .isInstanceOfAny(
            EngineFailure.TimedOut.class,
            EngineFailure.BadImage.class,
            EngineFailure.ToolFailed.class);

    assertThat(ProcFs.isAlive(pid)).isFalse();
    assertThat(Files.readString(log)).isEqualTo(before);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void imageWithoutInventoryIsBad() throws IOException {
    ok(engine.dump(pid, image, DumpOptions.of(After.STOP)));
    Files.delete(image.resolve("criu/inventory.img"));
    assertThat(failure(engine.restore(image, LIMIT))).isInstanceOf(EngineFailure.BadImage.class);
    Files.delete(image.resolve("tree.json"));
    assertThat(failure(engine.restore(image, LIMIT))).isInstanceOf(EngineFailure.BadImage.class);
  }

  @Test
  void hungToolIsKilledAndTheProcessGoesOn() throws IOException {
    Path hung = directory.resolve("criu");
    Files.writeString(
        hung, "#!/bin/sh\ntrap '' TERM\n(while :; do :; done) &\nwhile :; do :; done\n");
    Files.setPosixFilePermissions(hung, PosixFilePermissions.fromString("rwxr-xr-x"));

    var outcome =
        new ProcessTreeEngine(hung, InstantSource.system())
            .dump(pid, image, new DumpOptions(After.STOP, Duration.ofMillis(500)));

    assertThat(failure(outcome)).isInstanceOf(EngineFailure.TimedOut.class);
    assertThat(ProcFs.all())
        .noneMatch(
            s ->
                Presence.read(Path.of("/proc/" + s.pid() + "/cmdline"))
                    .orElse("")
                    .contains(hung.toString()));
    goesOn();
  }

  @Test
  void frozenTreeMakesNoProgressUntilThawed() throws IOException {
    ok(engine.freeze(pid, LIMIT));
    long frozen = lines();
    Awaitility.await().during(Duration.ofMillis(200)).atMost(LIMIT).until(() -> lines() == frozen);
    ok(engine.thaw(pid, LIMIT));
    goesOn();
  }

  private void goesOn() throws IOException {
    long now = lines();
    Awaitility.await().atMost(LIMIT).until(() -> lines() > now);
  }

  private long lines() throws IOException {
    if (!Files.isRegularFile(log)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(log)) {
      return lines.count();
    }
  }

  private long counter() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve("counter").toFile(), "r")) {
      return file.readLong();
    }
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(
              p ->
                  p.getFileName().toString().contains("before-restore")
                      || p.getFileName().toString().startsWith("."))
          .toList();
    }
  }

  private static <T> EngineFailure failure(Outcome<T> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed<T>) outcome).failure();
  }
}
