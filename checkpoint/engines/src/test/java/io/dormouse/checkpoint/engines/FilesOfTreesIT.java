package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that a bare process has open, alone or with others, and pids and images that are not as
 * they were.
 */
@Timeout(60)
class FilesOfTreesIT {
  private static final DumpOptions STOP = DumpOptions.of(After.STOP);
  private static Toolchain tools = new Toolchain(Path.of(""), "", Path.of(""), "");

  @TempDir Path directory;
  private Path image = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private BareHome home;

  @BeforeAll
  static void findTools() {
    tools = TestTools.toolchain();
  }

  @BeforeEach
  void prepare() throws IOException {
    InstanceFiles.createPassable(directory);
    image = Files.createDirectory(directory.resolve("image"));
    home = new BareHome(tools, directory, false);
  }

  @AfterEach
  void end() {
    home.close();
  }

  @Test
  void mappedFileAgreesAfterKeepRunningKillAndRestore() throws IOException {
    NativeSurvivor program = new NativeSurvivor();
    Survivor.Launch launch = program.prepare(directory, home);
    home.start(launch.argv(), launch.readOnly());
    program.live(home);
    ok(home.engine().dump(home.pid(), image, DumpOptions.of(After.KEEP_RUNNING)));
    long atDump = NativeSurvivor.steps(home);
    Awaitility.await().atMost(Home.LIMIT).until(() -> NativeSurvivor.steps(home) > atDump + 50);
    ok(home.engine().kill(home.pid(), Home.LIMIT));

    home.wake(image);

    program.prove(home);
  }

  @Test
  void fileThatOthersWriteTooMustBeDeclared() throws IOException {
    Path log = Files.createFile(home.work().resolve("shared log"));
    startShell("exec >>'shared log'; n=0; while :; do n=$((n+1)); echo $n; sleep 0.01; done");
    try (var other = Files.newBufferedWriter(log, StandardOpenOption.APPEND)) {
      Awaitility.await().atMost(Home.LIMIT).until(() -> Files.size(log) > 10);

      EngineFailure refusal = failure(home.engine().dump(home.pid(), image, STOP));
      assertThat(refusal).isInstanceOf(EngineFailure.Unsupported.class);
      assertThat(refusal.message())
          .contains(log.toString(), "pid " + ProcessHandle.current().pid(), "\nMaybe");
      assertThat(image).isEmptyDirectory();
      assertThat(ProcessTree.isStopped(home.pid())).isFalse();

      ok(home.engine().dump(home.pid(), image, STOP.withSharedFiles(List.of(home.work()))));
      other.write("of another\n");
      other.flush();
      long size = Files.size(log);
      assertThat(ok(home.engine().restore(image, Home.LIMIT)).movedAside()).isEmpty();
      Awaitility.await().atMost(Home.LIMIT).until(() -> Files.size(log) > size + 10);
    }
    List<String> lines = Files.readAllLines(log);
    assertThat(lines).contains("of another");
    List<String> own = lines.stream().filter(line -> !line.equals("of another")).toList();
    assertThat(own.get(own.size() - 1)).isEqualTo(Integer.toString(own.size()));
  }

  @Test
  void fileThatWasReadAndIsNotAsItWasIsNamed() throws IOException {
    Path input = Files.writeString(home.work().resolve("input"), "one\ntwo\n");
    startShell("exec <input; read first; echo $first >seen; while :; do sleep 0.02; done");
    Awaitility.await().atMost(Home.LIMIT).until(() -> Files.exists(home.work().resolve("seen")));
    ok(home.engine().dump(home.pid(), image, STOP));

    for (String changed : List.of("one\ntwo\nthree\n", "one\n")) {
      Files.writeString(input, changed);
      isConflict(input);
    }
    Files.delete(input);
    isConflict(input);
    Files.writeString(input, "one\ntwo\n");
    home.wake(image);
  }

  private void isConflict(Path file) {
    assertThat(failure(home.engine().restore(image, Home.LIMIT)))
        .isInstanceOfSatisfying(
            EngineFailure.FileConflict.class, c -> assertThat(c.file()).isEqualTo(file));
    assertThat(ProcFs.isAlive(home.pid())).isFalse();
  }

  @Test
  void pidThatAStrangerHasByNowIsSaidToBeInUse() throws Exception {
    startShell("while :; do sleep 0.05; done");
    ok(home.engine().dump(home.pid(), image, STOP));
    Awaitility.await().atMost(Home.LIMIT).until(() -> ProcFs.stat(home.pid()).isEmpty());
    Path programs = Files.createDirectory(directory.resolve("programs"));
    Path program = TestPrograms.compiled("occupant.c", programs);
    Process stranger =
        Awaitility.await()
            .atMost(Home.LIMIT)
            .until(() -> occupied(program, home.pid()), Process::isAlive);
    try {
      assertThat(failure(home.engine().restore(image, Home.LIMIT)))
          .isEqualTo(new EngineFailure.PidInUse(home.pid()));
      assertThat(ProcFs.isAlive(home.pid())).isTrue();
    } finally {
      Signals.kill(List.of(home.pid()));
      stranger.waitFor();
    }
    home.wake(image);
  }

  private static Process occupied(Path program, long pid) throws Exception {
    Process process = new ProcessBuilder(program.toString(), Long.toString(pid)).start();
    byte[] said = new byte[20];
    int length = process.getInputStream().read(said);
    if (!new String(said, 0, length, StandardCharsets.UTF_8).strip().equals(Long.toString(pid))) {
      process.waitFor();
    }
    return process;
  }

  @Test
  void truncatedPagesOfAnyProcessLeaveNothingThatSpins() throws IOException {
    Survivor.Launch launch = new PipelineSurvivor().prepare(directory, home);
    home.start(launch.argv(), launch.readOnly());
    Awaitility.await().atMost(Home.LIMIT).until(() -> ProcFs.tree(home.pid()).size() >= 4);
    List<Long> tree = ProcFs.tree(home.pid());
    ok(home.engine().dump(home.pid(), image, STOP));
    Path criu = image.resolve("criu");
    List<Path> pages;
    try (Stream<Path> files = Files.list(criu)) {
      pages = files.filter(f -> f.getFileName().toString().startsWith("pages-")).sorted().toList();
    }
    assertThat(pages).hasSizeGreaterThan(2);
    for (Path file : List.of(pages.get(0), pages.get(pages.size() - 1))) {
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(whole, whole.length / 2 / 4096 * 4096));

      assertThat(home.engine().restore(image, Duration.ofSeconds(2)))
          .isInstanceOf(Outcome.Failed.class);

      Awaitility.await("all of it to end")
          .atMost(Home.LIMIT)
          .until(() -> tree.stream().noneMatch(ProcFs::isAlive));
      assertThat(ProcFs.all())
          .noneMatch(
              process ->
                  Presence.read(Path.of("/proc/" + process.pid() + "/cmdline"))
                      .orElse("")
                      .contains(image.toString()));
      Files.write(file, whole);
    }
    home.wake(image);
  }

  @Test
  void frozenProcessIsDumpedAndRunsOnceRestored() throws IOException {
    startShell("n=0; while :; do n=$((n+1)); echo $n >count; sleep 0.01; done");
    Path count = home.work().resolve("count");
    Awaitility.await().atMost(Home.LIMIT).until(() -> Files.exists(count));
    ok(home.engine().freeze(home.pid(), Home.LIMIT));
    ok(home.engine().dump(home.pid(), image, STOP));

    home.wake(image);

    String now = Files.readString(count);
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> !Files.readString(count).equals(now));
  }

  private void startShell(String script) throws IOException {
    home.start(List.of("/bin/sh", "-c", script), List.of());
  }

  private static <T> EngineFailure failure(Outcome<T> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed<T>) outcome).failure();
  }
}
