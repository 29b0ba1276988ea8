package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Dumps that go wrong, of a program that checks itself: it goes on, unharmed. */
@Timeout(90)
class DumpFaultsIT {
  private static Toolchain tools = new Toolchain(Path.of(""), "", Path.of(""), "");

  @TempDir Path directory;
  private final NativeSurvivor program = new NativeSurvivor();

  @BeforeAll
  static void findTools() {
    tools = TestTools.toolchain();
  }

  @BeforeEach
  void letOthersPass() throws IOException {
    InstanceFiles.createPassable(directory);
  }

  private <T extends Home> T start(T home) throws IOException {
    Survivor.Launch launch = program.prepare(directory, home);
    home.start(launch.argv(), launch.readOnly());
    program.live(home);
    return home;
  }

  @Test
  void cancelledAtAnyMomentTheProcessGoesOn() throws Exception {
    try (BareHome home = start(new BareHome(tools, directory, true))) {
      cancelAtManyMoments(
          home,
          20,
          image -> home.engine().dump(home.pid(), image, DumpOptions.of(After.LEAVE_FROZEN)),
          () -> home.engine().thaw(home.pid(), Home.LIMIT));
      survives(home);
    }
  }

  @Test
  void cancelledAtAnyMomentTheCapsuleGoesOn() throws Exception {
    try (CapsuleHome home = start(new CapsuleHome(tools, directory))) {
      cancelAtManyMoments(
          home,
          10,
          image -> home.engine().dump(home.id(), image, DumpOptions.of(After.LEAVE_FROZEN)),
          () -> home.engine().thaw(home.id(), Home.LIMIT));
      survives(home);
    }
  }

  /**
   * The moments are spread over the files that a whole dump writes. One that is too quick to be
   * cancelled is undone by a thaw.
   */
  private void cancelAtManyMoments(
      Home home, int rounds, Function<Path, Outcome<DumpReport>> dump, Supplier<Outcome<Done>> thaw)
      throws Exception {
    Set<Path> before = posts();
    Path whole = Files.createDirectory(directory.resolve("whole"));
    ok(dump.apply(whole));
    ok(thaw.get());
    goesOn(home);
    int cancelled = 0;
    for (int round = 0; round < rounds; round++) {
      Path image = Files.createDirectory(directory.resolve("cancelled-" + round));
      if (isCancelled(() -> dump.apply(image), image, files(whole) * round / rounds)) {
        cancelled++;
        goesOn(home);
        nothingIsLeftOf(image);
      } else {
        ok(thaw.get());
        goesOn(home);
      }
    }
    assertThat(cancelled).as("cancelled in time").isGreaterThan(rounds / 3);
    // Others on this machine may dump too, but not for long.
    Awaitility.await().atMost(Home.LIMIT).until(() -> before.containsAll(posts()));
  }

  /** Cancels a dump once its image has so many files; whether that came in time. */
  private static boolean isCancelled(Supplier<Outcome<DumpReport>> dump, Path image, long files)
      throws Exception {
    CompletableFuture<Outcome<DumpReport>> outcome = new CompletableFuture<>();
    Thread thread = new Thread(() -> outcome.complete(dump.get()));
    thread.start();
    Awaitility.await()
        .atMost(Home.LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> outcome.isDone() || files(image) >= files);
    thread.interrupt();
    return outcome.get(60, TimeUnit.SECONDS) instanceof Outcome.Failed<DumpReport>;
  }

  private static long files(Path image) throws IOException {
    try (Stream<Path> all = Files.walk(image)) {
      return all.filter(Files::isRegularFile).count();
    } catch (UncheckedIOException e) {
      // It changes while it is looked at.
      return 0;
    }
  }

  @Test
  void capsuleThatStartsProcessesAllTheTimeIsDumpedBetweenThem() throws IOException {
    Path programs = InstanceFiles.createPassable(directory.resolve("programs"));
    Path spawner = TestPrograms.compiled("spawner.c", programs);
    try (CapsuleHome home = new CapsuleHome(tools, directory)) {
      home.start(List.of(spawner.toString()), List.of(programs));
      for (int i = 0; i < 3; i++) {
        goesOn(home);
        Path image = Files.createDirectory(directory.resolve("spawning-" + i));
        DumpReport report =
            ok(home.engine().dump(home.id(), image, DumpOptions.of(After.KEEP_RUNNING)));
        assertThat(report.frozen()).isLessThan(Duration.ofSeconds(5));
      }
    }
  }

  @Test
  void fullDiskIsSaidAndTheProcessGoesOn() throws Exception {
    try (BareHome home = start(new BareHome(tools, directory, true))) {
      onSmallDisk(image -> home.engine().dump(home.pid(), image, DumpOptions.of(After.STOP)), home);
      survives(home);
    }
  }

  @Test
  void fullDiskIsSaidAndTheCapsuleGoesOn() throws Exception {
    try (CapsuleHome home = start(new CapsuleHome(tools, directory))) {
      onSmallDisk(image -> home.engine().dump(home.id(), image, DumpOptions.of(After.STOP)), home);
      survives(home);
    }
  }

  private void onSmallDisk(Function<Path, Outcome<DumpReport>> dump, Home home) throws Exception {
    for (String size : List.of("64k", "2m")) {
      Path image = Files.createDirectory(directory.resolve("small-" + size));
      assumeTrue(
          run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", image.toString()) == 0,
          "mounting a tmpfs is not allowed here");
      try {
        assertThat(failure(dump.apply(image))).isInstanceOf(EngineFailure.DiskFull.class);
      } finally {
        assertThat(run("umount", image.toString())).isZero();
      }
      goesOn(home);
    }
  }

  @Test
  void whoMayNotDumpIsToldSo() throws Exception {
    try (BareHome home = start(new BareHome(tools, directory, true))) {
      Path image = Files.createDirectory(directory.resolve("forbidden"));
      Process other =
          new ProcessBuilder(
                  List.of(
                      "setpriv",
                      "--bounding-set=-all",
                      "--inh-caps=-all",
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-cp",
                      System.getProperty("java.class.path"),
                      DumpOnce.class.getName(),
                      tools.criu().toString(),
                      Long.toString(home.pid()),
                      image.toString(),
                      After.STOP.name()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said =
          new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(said).startsWith("Failed[failure=NotPermitted");
      goesOn(home);
    }
  }

  @Test
  void anotherProcessWithThePidIsNotDumped() throws Exception {
    try (BareHome home = start(new BareHome(tools, directory, true))) {
      Path image = Files.createDirectory(directory.resolve("other"));
      long ticks = ProcFs.stat(home.pid()).orElseThrow().startTicks();
      DumpOptions options = DumpOptions.of(After.STOP);

      assertThat(failure(home.engine().dump(home.pid(), image, options.withStartTicks(ticks - 1))))
          .isInstanceOf(EngineFailure.ProcessGone.class);

      goesOn(home);
      assertThat(image).isEmptyDirectory();
      ok(home.engine().dump(home.pid(), image, options.withStartTicks(ticks)));
    }
  }

  @Test
  void whatRunsThisProgramIsNotDumped() throws IOException {
    ProcessTreeEngine engine = new BareHome(tools, directory, true).engine();
    Path image = Files.createDirectory(directory.resolve("self"));

    for (long pid : List.of(ProcessHandle.current().pid(), 1L)) {
      assertThat(failure(engine.dump(pid, image, DumpOptions.of(After.KEEP_RUNNING))))
          .isInstanceOf(EngineFailure.Unsupported.class);
    }
    assertThat(image).isEmptyDirectory();
  }

  /** After all that, it is still whole, and so is its image. */
  private void survives(Home home) throws IOException {
    Path image = Files.createDirectory(directory.resolve("good"));
    home.hibernate(image);
    home.wake(image);
    program.prove(home);
  }

  private static void goesOn(Home home) {
    long now = NativeSurvivor.steps(home);
    Awaitility.await()
        .atMost(Home.LIMIT)
        .until(
            () -> NativeSurvivor.steps(home) > now || Files.exists(home.work().resolve("verdict")));
    assertThat(home.work().resolve("verdict")).doesNotExist();
  }

  private static Set<Path> posts() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(HeldDump.PREFIX))
          .collect(Collectors.toSet());
    }
  }

  private static void nothingIsLeftOf(Path image) {
    assertThat(ProcFs.all())
        .noneMatch(
            process ->
                Presence.read(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .orElse("")
                    .contains(image.toString()));
  }

  private static <T> EngineFailure failure(Outcome<T> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed<T>) outcome).failure();
  }

  private static int run(String... argv) throws IOException, InterruptedException {
    return new ProcessBuilder(argv)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
