package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of an instance under DMTCP in each way out of a dump, and out of what goes wrong.
 */
@Timeout(120)
class DmtcpEngineIT {
  private static final List<String> ECHO =
      List.of(
          "/bin/sh",
          "-c",
          "n=0; while read line; do n=$((n+1)); echo \"$line $n\"; [ \"$line\" = end ] && exit 5; done");

  private static DmtcpTools tools = new DmtcpTools(Path.of(""), "");

  @BeforeAll
  static void findTools() {
    tools = TestTools.dmtcp();
  }

  /** An instance that answers, and a place for its image. */
  private record Scene(DmtcpPlace place, InstanceState state, Path image, Path homes)
      implements AutoCloseable {
    static Scene in(Path directory) throws IOException {
      InstanceFiles.createPassable(directory);
      DmtcpPlace place = new DmtcpPlace(tools, directory, true);
      InstanceState state = place.start(ECHO);
      Path image = Files.createDirectory(directory.resolve("image"));
      return new Scene(place, state, image, directory.resolve("homes"));
    }

    Status status() {
      return TestTools.found(place.engine(), place.id()).status();
    }

    Outcome<DumpReport> dump(After after) {
      return place.engine().dump(place.id(), image, DumpOptions.of(after));
    }

    long coordinator() {
      InstanceFiles files = new InstanceFiles(state.directory());
      return Long.parseLong(
          Presence.read(files.directory().resolve("coordinator.pid")).orElseThrow().strip());
    }

    @Override
    public void close() {
      place.close();
      assertThat(homes).isEmptyDirectory();
      assertThat(ProcFs.isAlive(state.pid().orElseThrow())).isFalse();
    }
  }

  @Test
  void heldAfterItsDumpItGoesOnAsIfNothingHadBeen(@TempDir Path directory) throws IOException {
    try (Scene scene = Scene.in(directory);
        Conversation talk = new Conversation(scene.state())) {
      assertThat(talk.ask("a")).isEqualTo("a 1");
      ok(scene.dump(After.LEAVE_FROZEN));
      assertThat(scene.status()).isEqualTo(Status.FROZEN);
      talk.say("b");
      ok(scene.place().engine().thaw(scene.place().id(), Home.LIMIT));
      assertThat(talk.hear()).isEqualTo("b 2");
      assertThat(talk.ask("end")).isEqualTo("end 3");
      Awaitility.await().atMost(Home.LIMIT).until(() -> scene.status() == Status.EXITED);
      assertThat(TestTools.found(scene.place().engine(), scene.place().id()).exitStatus())
          .hasValue(5);
    }
  }

  @Test
  void restoredItIsHeldAndItsStreamsHoldWhatTheyHeld(@TempDir Path directory) throws IOException {
    try (Scene scene = Scene.in(directory)) {
      try (Conversation talk = new Conversation(scene.state())) {
        assertThat(talk.ask("a")).isEqualTo("a 1");
        ok(scene.place().engine().freeze(scene.place().id(), Home.LIMIT));
        assertThat(scene.status()).isEqualTo(Status.FROZEN);
        ok(scene.dump(After.STOP));
        assertThat(scene.status()).isEqualTo(Status.EXITED);
      }
      InstanceState restored = ok(scene.place().restore(scene.image()));
      assertThat(restored.status()).isEqualTo(Status.FROZEN);
      assertThat(
              scene.place().engine().dump(restored.id(), scene.image(), DumpOptions.of(After.STOP)))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              f -> assertThat(f.failure()).isInstanceOf(EngineFailure.WrongState.class));
      ok(scene.place().engine().delete(scene.place().id(), Home.LIMIT));
      ok(scene.place().engine().thaw(restored.id(), Home.LIMIT));
      try (Conversation talk = new Conversation(restored)) {
        assertThat(talk.ask("b")).isEqualTo("b 2");
      }
    }
  }

  @Test
  void afterADumpThatFailsItRunsOn(@TempDir Path directory) throws IOException {
    try (Scene scene = Scene.in(directory);
        Conversation talk = new Conversation(scene.state())) {
      assertThat(talk.ask("a")).isEqualTo("a 1");
      Files.createFile(scene.image().resolve(DmtcpRecord.DIRECTORY));
      assertThat(scene.dump(After.STOP)).isInstanceOf(Outcome.Failed.class);
      assertThat(talk.ask("b")).isEqualTo("b 2");
      Files.delete(scene.image().resolve(DmtcpRecord.DIRECTORY));
      ok(scene.dump(After.KEEP_RUNNING));
      assertThat(talk.ask("c")).isEqualTo("c 3");
    }
  }

  @Test
  void aCoordinatorThatIsKilledIsToldAndItsImageRestores(@TempDir Path directory)
      throws IOException {
    try (Scene scene = Scene.in(directory)) {
      try (Conversation talk = new Conversation(scene.state())) {
        assertThat(talk.ask("a")).isEqualTo("a 1");
        ok(scene.dump(After.KEEP_RUNNING));
      }
      ProcessHandle.of(scene.coordinator()).orElseThrow().destroyForcibly();
      Awaitility.await().atMost(Home.LIMIT).until(() -> scene.status() == Status.EXITED);
      assertLostWithItsCoordinator(scene);
      assertThat(scene.dump(After.STOP))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              f -> assertThat(f.failure()).isInstanceOf(EngineFailure.ProcessGone.class));
      InstanceState restored = ok(scene.place().restore(scene.image()));
      ok(scene.place().engine().thaw(restored.id(), Home.LIMIT));
      try (Conversation talk = new Conversation(restored)) {
        assertThat(talk.ask("b")).isEqualTo("b 2");
      }
    }
  }

  /** Stopped processes do not notice by themselves. */
  @Test
  void aCoordinatorThatIsKilledWhileItIsFrozenIsToldAtOnce(@TempDir Path directory)
      throws IOException {
    try (Scene scene = Scene.in(directory)) {
      ok(scene.place().engine().freeze(scene.place().id(), Home.LIMIT));
      ProcessHandle.of(scene.coordinator()).orElseThrow().destroyForcibly();

      Awaitility.await().atMost(Home.LIMIT).until(() -> scene.status() == Status.EXITED);

      assertLostWithItsCoordinator(scene);
      ok(scene.place().engine().kill(scene.place().id(), Home.LIMIT));
    }
  }

  private static void assertLostWithItsCoordinator(Scene scene) {
    InstanceState state = TestTools.found(scene.place().engine(), scene.place().id());
    assertThat(state.exitStatus()).isEmpty();
    assertThat(state.loss())
        .containsInstanceOf(EngineFailure.SupportLost.class)
        .get()
        .satisfies(loss -> assertThat(loss.message()).contains("coordinator", "Maybe "));
  }

  @Test
  void aTruncatedImageIsRefusedAndNothingIsLeft(@TempDir Path directory) throws IOException {
    try (Scene scene = Scene.in(directory)) {
      ok(scene.dump(After.STOP));
      ok(scene.place().engine().delete(scene.place().id(), Home.LIMIT));
      try (var pages = new RandomAccessFile(DmtcpRecord.pages(scene.image(), 0).toFile(), "rw")) {
        pages.setLength(pages.length() / 2);
      }
      assertThat(scene.place().restore(scene.image()))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              f -> assertThat(f.failure()).isInstanceOf(EngineFailure.BadImage.class));
      assertThat(ok(scene.place().engine().ids())).isEmpty();
      assertThat(scene.homes()).isEmptyDirectory();
    }
  }

  @Test
  void aCancelledDumpLetsItRunOn(@TempDir Path directory) throws IOException {
    try (Scene scene = Scene.in(directory);
        Conversation talk = new Conversation(scene.state())) {
      assertThat(talk.ask("a")).isEqualTo("a 1");
      Thread dumper = new Thread(() -> scene.dump(After.STOP));
      dumper.start();
      Awaitility.await()
          .atMost(Home.LIMIT)
          .until(() -> Files.exists(scene.image().resolve(DmtcpRecord.DIRECTORY)));
      dumper.interrupt();
      Awaitility.await().atMost(Home.LIMIT).until(() -> !dumper.isAlive());
      assertThat(talk.ask("b")).isEqualTo("b 2");
      assertThat(scene.status()).isEqualTo(Status.RUNNING);
    }
  }

  @Test
  void anImageAfterARestartHasThePagesOfTheOneBefore(@TempDir Path directory) throws IOException {
    try (Scene scene = Scene.in(directory)) {
      ok(scene.dump(After.STOP));
      InstanceState restored = ok(scene.place().restore(scene.image()));
      ok(scene.place().engine().thaw(restored.id(), Home.LIMIT));
      Path second = Files.createDirectory(directory.resolve("second"));
      ok(scene.place().engine().dump(restored.id(), second, DumpOptions.of(After.STOP)));

      Set<HashCode> before = pages(scene.image());
      Set<HashCode> after = pages(second);
      long fresh = after.stream().filter(page -> !before.contains(page)).count();
      System.out.printf("after a restart %d of %d pages are new%n", fresh, after.size());
      assertThat(fresh).isLessThan(after.size() / 10);
    }
  }

  private static Set<HashCode> pages(Path image) throws IOException {
    Set<HashCode> pages = new HashSet<>();
    for (int i = 0; Files.exists(DmtcpRecord.pages(image, i)); i++) {
      try (var file = Files.newInputStream(DmtcpRecord.pages(image, i))) {
        for (byte[] page = file.readNBytes(DmtcpAreas.PAGE_BYTES);
            page.length > 0;
            page = file.readNBytes(DmtcpAreas.PAGE_BYTES)) {
          pages.add(Hashing.sha256().hashBytes(page));
        }
      }
    }
    return pages;
  }
}
