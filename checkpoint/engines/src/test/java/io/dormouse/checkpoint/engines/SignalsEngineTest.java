package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.found;
import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SignalsEngineTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String ECHO =
      "n=0; while read line; do n=$((n+1)); echo \"$line $n\"; [ \"$line\" = end ] && exit 5; done";
  private SignalsEngine engine = ok(SignalsEngine.open(Path.of("target/signals")));

  @BeforeEach
  void open(@TempDir Path directory) {
    engine = ok(SignalsEngine.open(directory));
  }

  @AfterEach
  void end() {
    ok(engine.ids()).forEach(id -> ok(engine.delete(id, LIMIT)));
    assertThat(ok(engine.ids())).isEmpty();
  }

  @Test
  void instanceAnswersFreezesGoesOnAndEnds() throws IOException {
    InstanceState state = ok(engine.start(spec("/bin/sh", "-c", ECHO), LIMIT));
    try (Conversation talk = new Conversation(state)) {
      assertThat(talk.ask("a")).isEqualTo("a 1");
      ok(engine.freeze(state.id(), LIMIT));
      assertThat(found(engine, state.id()).status()).isEqualTo(Status.FROZEN);
      talk.say("b");
      ok(engine.thaw(state.id(), LIMIT));
      assertThat(talk.hear()).isEqualTo("b 2");
      assertThat(ok(engine.usage(state.id())).memoryBytes()).isPositive();
      assertThat(talk.ask("end")).isEqualTo("end 3");
    }
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> found(engine, state.id()).exitStatus().isPresent());
    assertThat(found(engine, state.id()).exitStatus()).hasValue(5);
    assertThat(engine.freeze(state.id(), LIMIT))
        .isEqualTo(Outcome.failed(new EngineFailure.ProcessGone(state.id())));
  }

  @Test
  void theOtherEngineIsToldWhoLivesThere() throws IOException {
    InstanceSpec spec = spec("/bin/sleep", "60");
    InstanceState state = ok(engine.start(spec, LIMIT));
    var instances = new InstanceDirectory(Objects.requireNonNull(state.directory().getParent()));

    assertThat(Residents.noPlainProcesses(instances))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f ->
                assertThat(f.failure())
                    .isInstanceOfSatisfying(
                        EngineFailure.Unsupported.class,
                        u -> assertThat(u.message()).contains(spec.id()).contains("Maybe")));
    ok(engine.kill(spec.id(), LIMIT));
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(Residents.noPlainProcesses(instances)).isInstanceOf(Outcome.Ok.class));
  }

  @Test
  void aDirectoryWithALivingCapsuleIsRefusedAndTheCapsuleGoesOn(@TempDir Path root)
      throws IOException {
    Path capsule = Files.createDirectories(root.resolve("instances/w-0123abcd"));
    InstanceFiles files = new InstanceFiles(capsule);
    Files.createDirectory(files.bundle());
    Process supervisor = new ProcessBuilder("setsid", "sleep", "60").start();
    try {
      Awaitility.await()
          .atMost(LIMIT)
          .until(
              () -> ProcFs.stat(supervisor.pid()).filter(s -> s.session() == s.pid()).isPresent());
      Files.writeString(files.supervisorPidFile(), Long.toString(supervisor.pid()));

      assertThat(SignalsEngine.open(root))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              f ->
                  assertThat(f.failure())
                      .isInstanceOfSatisfying(
                          EngineFailure.Unsupported.class,
                          u -> assertThat(u.message()).contains("w-0123abcd").contains("Maybe")));
      assertThat(supervisor.isAlive()).isTrue();
    } finally {
      supervisor.destroyForcibly();
    }
    Awaitility.await().atMost(LIMIT).until(() -> !supervisor.isAlive());
    ok(SignalsEngine.open(root));
  }

  @Test
  void imagesAreRefusedWithTheReason() {
    assertThat(engine.dump("x", Path.of("/nowhere"), DumpOptions.of(DumpOptions.After.STOP)))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> assertThat(f.failure()).isInstanceOf(EngineFailure.Unsupported.class));
  }

  @Test
  void oneInstanceIsNotStartedTwice() {
    InstanceSpec spec = spec("/bin/sleep", "60");
    ok(engine.start(spec, LIMIT));

    assertThat(engine.start(spec, LIMIT))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> assertThat(f.failure()).isInstanceOf(EngineFailure.WrongState.class));
    assertThat(found(engine, spec.id()).status()).isEqualTo(Status.RUNNING);
  }

  @Test
  void whatCannotBeReadIsNotTakenForAnEnd() throws IOException {
    InstanceState state = ok(engine.start(spec("/bin/sleep", "60"), LIMIT));
    InstanceFiles files = new InstanceFiles(state.directory());
    for (Path file : List.of(files.pidFile(), files.supervisorPidFile(), files.spec())) {
      Path aside = unreadable(file);

      assertUnknown(engine.inspect(state.id()));

      Files.delete(file);
      Files.move(aside, file);
      assertThat(found(engine, state.id()).status()).isEqualTo(Status.RUNNING);
    }
  }

  @Test
  void nobodyMovesInWhereItCannotBeToldWhoLives() throws IOException {
    InstanceState state = ok(engine.start(spec("/bin/sleep", "60"), LIMIT));
    InstanceFiles files = new InstanceFiles(state.directory());
    var instances = new InstanceDirectory(Objects.requireNonNull(state.directory().getParent()));
    Path aside = unreadable(files.supervisorPidFile());

    assertUnknown(Residents.noPlainProcesses(instances));

    Files.delete(files.supervisorPidFile());
    Files.move(aside, files.supervisorPidFile());
  }

  @Test
  void aStartThatWasCutShortIsListedAndRemoved(@TempDir Path root) throws IOException {
    Path left = Files.createDirectories(root.resolve("instances/w-0123abcd"));
    Files.createFile(left.resolve("instance.json.tmp"));
    SignalsEngine other = ok(SignalsEngine.open(root));

    assertThat(ok(other.ids())).containsExactly("w-0123abcd");
    assertThat(ok(other.inspect("w-0123abcd"))).isEmpty();
    ok(other.delete("w-0123abcd", LIMIT));
    assertThat(left).doesNotExist();
  }

  /** A directory in a file's place: it is there, and can't be read even by root. */
  private static Path unreadable(Path file) throws IOException {
    Path aside = file.resolveSibling("aside");
    Files.move(file, aside);
    Files.createDirectory(file);
    return aside;
  }

  private static void assertUnknown(Outcome<?> outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f ->
                assertThat(f.failure())
                    .isInstanceOfSatisfying(
                        EngineFailure.Unknown.class,
                        u -> assertThat(u.message()).contains("\nMaybe")));
  }

  private static InstanceSpec spec(String... argv) {
    long self = ProcessHandle.current().pid();
    return new InstanceSpec(
        "plain",
        UUID.randomUUID(),
        ProcFs.uid(self).orElseThrow(),
        ProcFs.gid(self).orElseThrow(),
        List.of(argv),
        Map.of("PATH", "/usr/bin:/bin"),
        OptionalLong.empty(),
        List.of());
  }
}
