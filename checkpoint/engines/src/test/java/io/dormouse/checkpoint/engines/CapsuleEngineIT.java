package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.found;
import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real capsules, dumped and restored by real tools. */
@Timeout(120)
class CapsuleEngineIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final long NOBODY = 65534;
  private static Toolchain tools;

  private Path directory;
  private CapsuleEngine first;
  private CapsuleEngine second;

  @BeforeAll
  static void findTools() {
    tools = TestTools.toolchain();
  }

  @BeforeEach
  void openEngines(@TempDir Path temporary) throws IOException {
    directory = temporary;
    InstanceFiles.createPassable(directory);
    first = ok(CapsuleEngine.open(directory.resolve("node1"), tools, InstantSource.system()));
    second = ok(CapsuleEngine.open(directory.resolve("node2"), tools, InstantSource.system()));
  }

  @AfterEach
  void nothingIsLeft() {
    for (CapsuleEngine engine : List.of(first, second)) {
      for (String id : ok(engine.ids())) {
        InstanceState state = found(engine, id);
        ok(engine.delete(state.id(), LIMIT));
        assertThat(ProcFs.mounts()).noneMatch(m -> m.point().toString().contains(state.id()));
        assertThat(state.directory()).doesNotExist();
        assertThat(CgroupFreezer.of("dormouse/" + state.id()).orElseThrow().exists()).isFalse();
      }
    }
  }

  @Test
  void jvmGoesOnInAnotherCapsuleWithItsMemoryItsFileAndWhatWasInItsStreams() throws IOException {
    InstanceState worker = start(400);
    long before;
    try (Conversation talk = new Conversation(worker)) {
      assertThat(talk.hear()).isEqualTo("ready");
      assertThat(talk.ask("a")).startsWith("a 1 ");
      assertThat(ok(first.usage(worker.id())).memoryBytes()).isGreaterThan(400L << 20);
      ok(first.freeze(worker.id(), LIMIT));
      talk.say("asked while frozen");
    }
    Path image = Files.createDirectory(directory.resolve("image"));
    DumpReport report = ok(first.dump(worker.id(), image, DumpOptions.of(After.LEAVE_FROZEN)));
    System.out.printf("dump: %s%n", report);
    assertThat(found(first, worker.id()).status()).isEqualTo(Status.FROZEN);
    before = ticks(worker);
    ok(first.kill(worker.id(), LIMIT));
    assertThat(found(first, worker.id()).exitStatus()).hasValue(137);

    long start = System.nanoTime();
    InstanceState woken = ok(second.restoreFrozen(request(image)));
    System.out.printf("restore: %d ms%n", (System.nanoTime() - start) / 1_000_000);
    assertThat(woken.status()).isEqualTo(Status.FROZEN);
    Awaitility.await()
        .during(Duration.ofMillis(300))
        .atMost(LIMIT)
        .until(() -> ticks(woken) == before);

    try (Conversation talk = new Conversation(woken)) {
      start = System.nanoTime();
      ok(second.thaw(woken.id(), LIMIT));
      assertThat(talk.hear()).startsWith("asked while frozen 2 ");
      System.out.printf("thaw to answer: %d ms%n", (System.nanoTime() - start) / 1_000_000);
      assertThat(talk.ask("b")).startsWith("b 3 ");
    }
    assertThat(Files.readString(woken.directory().resolve("layer").resolve("work").resolve("log")))
        .isEqualTo("1\n2\n3\n");
    assertThat(ticks(woken)).isGreaterThan(before);
  }

  @Test
  void theEngineOfPlainProcessesDoesNotOpenWhereCapsulesLive() {
    InstanceState worker = start(1);

    Outcome<SignalsEngine> opened = SignalsEngine.open(directory.resolve("node1"));

    assertThat(opened.toString()).contains("Unsupported", worker.id());
    assertThat(found(first, worker.id()).status()).isEqualTo(Status.RUNNING);
    ok(first.kill(worker.id(), LIMIT));
    ok(SignalsEngine.open(directory.resolve("node1")));
  }

  @Test
  void theExitStatusIsThereForAnEngineThatStartedLater() throws IOException {
    InstanceState worker = start(1);
    try (Conversation talk = new Conversation(worker)) {
      assertThat(talk.hear()).isEqualTo("ready");
      CapsuleEngine later =
          ok(CapsuleEngine.open(directory.resolve("node1"), tools, InstantSource.system()));
      assertThat(ok(later.ids())).containsExactly(worker.id());
      assertThat(found(later, worker.id()).status()).isEqualTo(Status.RUNNING);
      talk.say("exit 7");
      Awaitility.await()
          .atMost(LIMIT)
          .until(() -> found(later, worker.id()).status() == Status.EXITED);
      assertThat(found(later, worker.id()).exitStatus()).hasValue(7);
    }
  }

  @Test
  void truncatedImageIsNotBroughtBackAndLeavesNothing() throws IOException {
    Path image = dumped(After.STOP);
    Path pages = image.resolve("criu/pages-1.img");
    try (RandomAccessFile file = new RandomAccessFile(pages.toFile(), "rw")) {
      file.setLength(file.length() / 2 / 4096 * 4096);
    }
    RestoreRequest request =
        new RestoreRequest(
            "it-worker",
            UUID.randomUUID(),
            NOBODY,
            OptionalLong.empty(),
            image,
            Duration.ofSeconds(4));

    Outcome<InstanceState> outcome = second.restoreFrozen(request);

    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(ok(second.ids())).isEmpty();
    assertThat(ProcFs.mounts()).noneMatch(m -> m.point().startsWith(directory));
    assertThat(ProcFs.all())
        .noneMatch(
            s ->
                Presence.read(Path.of("/proc/" + s.pid() + "/cmdline"))
                    .orElse("")
                    .contains("node2"));
  }

  @Test
  void imageOfAnotherOwnerOrInstanceIsRefused() throws IOException {
    Path image = dumped(After.STOP);

    assertThat(
            second.restoreFrozen(
                new RestoreRequest(
                    "it-worker", UUID.randomUUID(), 1000, OptionalLong.empty(), image, LIMIT)))
        .isInstanceOf(Outcome.Failed.class);
    assertThat(
            second.restoreFrozen(
                new RestoreRequest(
                    "other", UUID.randomUUID(), NOBODY, OptionalLong.empty(), image, LIMIT)))
        .isInstanceOf(Outcome.Failed.class);
    assertThat(ok(second.ids())).isEmpty();
  }

  @Test
  void hungToolLeavesTheCapsuleRunning() throws IOException {
    Path hung =
        Files.writeString(
            directory.resolve("criu"),
            "#!/bin/sh\ntrap '' TERM\n(while :; do :; done) &\nwhile :; do :; done\n");
    Files.setPosixFilePermissions(
        hung, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    InstanceState worker = start(1);
    CapsuleEngine broken =
        ok(
            CapsuleEngine.open(
                directory.resolve("node1"),
                new Toolchain(hung, "0", tools.runc(), "1"),
                InstantSource.system()));

    var outcome =
        broken.dump(
            worker.id(),
            Files.createDirectory(directory.resolve("image")),
            new DumpOptions(After.STOP, Duration.ofMillis(700)));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> assertThat(f.failure()).isInstanceOf(EngineFailure.TimedOut.class));
    assertThat(ProcFs.all())
        .noneMatch(
            s ->
                Presence.read(Path.of("/proc/" + s.pid() + "/cmdline"))
                    .orElse("")
                    .contains(hung.toString()));
    assertThat(found(first, worker.id()).status()).isEqualTo(Status.RUNNING);
  }

  @Test
  void workerThatDiesDuringItsDumpIsATypedFailure() throws IOException {
    InstanceState worker = start(200);
    try (Conversation talk = new Conversation(worker)) {
      assertThat(talk.hear()).isEqualTo("ready");
    }
    Path image = Files.createDirectory(directory.resolve("image"));
    Thread killer =
        new Thread(
            () -> {
              Awaitility.await()
                  .atMost(LIMIT)
                  .until(
                      () ->
                          Files.exists(image.resolve("criu/files.img"))
                              || Files.exists(image.resolve("criu/seccomp.img")));
              Signals.kill(List.of(worker.pid().orElseThrow()));
            });
    killer.start();

    assertThat(first.dump(worker.id(), image, DumpOptions.of(After.KEEP_RUNNING)))
        .isInstanceOf(Outcome.Failed.class);
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> found(first, worker.id()).status() == Status.EXITED);
  }

  @Test
  void keptRunningCapsuleAndItsImageDoNotDisturbEachOther() throws IOException {
    Path image = dumped(After.KEEP_RUNNING);
    InstanceState original = found(first, ok(first.ids()).get(0));
    assertThat(original.status()).isEqualTo(Status.RUNNING);

    InstanceState copy = ok(second.restoreFrozen(request(image)));
    ok(second.thaw(copy.id(), LIMIT));

    // It may have been dumped before its first tick.
    Awaitility.await()
        .atMost(LIMIT)
        .ignoreException(IOException.class)
        .until(() -> ticks(copy) >= 0);
    long then = ticks(copy);
    Awaitility.await().atMost(LIMIT).until(() -> ticks(copy) > then);
    assertThat(found(first, original.id()).status()).isEqualTo(Status.RUNNING);
  }

  private Path dumped(After after) throws IOException {
    InstanceState worker = start(1);
    try (Conversation talk = new Conversation(worker)) {
      assertThat(talk.hear()).isEqualTo("ready");
    }
    Path image = Files.createDirectory(directory.resolve("image"));
    ok(first.dump(worker.id(), image, DumpOptions.of(after)));
    return image;
  }

  private InstanceState start(int megabytes) {
    long start = System.nanoTime();
    Path classes =
        Path.of(Worker.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    var spec =
        new InstanceSpec(
            "it-worker",
            UUID.randomUUID(),
            NOBODY,
            NOBODY,
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-Xmx" + (megabytes + 100) + "m",
                "-cp",
                classes.toString(),
                Worker.class.getName(),
                Integer.toString(megabytes)),
            Map.of("PATH", "/usr/bin:/bin"),
            OptionalLong.of(2L << 30),
            List.of(classes, Path.of(System.getProperty("java.home"))));
    InstanceState state = ok(first.start(spec, LIMIT));
    System.out.printf("start: %d ms%n", (System.nanoTime() - start) / 1_000_000);
    return state;
  }

  private static RestoreRequest request(Path image) {
    return new RestoreRequest(
        "it-worker", UUID.randomUUID(), NOBODY, OptionalLong.of(2L << 30), image, LIMIT);
  }

  private static long ticks(InstanceState state) throws IOException {
    try (var file =
        new RandomAccessFile(
            state.directory().resolve("layer").resolve("work").resolve("ticks").toFile(), "r")) {
      return file.readLong();
    }
  }
}
