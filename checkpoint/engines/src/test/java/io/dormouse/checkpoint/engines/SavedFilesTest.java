package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.TreeRecord.SavedFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SavedFilesTest {
  private static final long UID = ProcFs.uid(ProcessHandle.current().pid()).orElseThrow();
  private static final long GID = ProcFs.gid(ProcessHandle.current().pid()).orElseThrow();

  private Path image = Path.of("");
  private Path home = Path.of("");
  private Path outside = Path.of("");
  private SavedFiles files = files();

  @BeforeEach
  void makeDirectories(@TempDir Path temporary) throws IOException {
    Path real = temporary.toRealPath();
    image = Files.createDirectory(real.resolve("image"));
    Files.createDirectory(image.resolve("files"));
    home = Files.createDirectory(real.resolve("home"));
    outside = Files.createDirectory(real.resolve("outside"));
    files = files();
  }

  @Test
  void filesComeBackWithTheirModesAndWhatWasThereIsMovedAside() throws IOException {
    Path log = Files.writeString(home.resolve("log"), "later");
    Path gone = home.resolve("gone");

    ok(files.place(List.of(saved(log, "0", 0640), saved(gone, "1", 0604))));

    assertThat(log).hasContent("content 0");
    assertThat(gone).hasContent("content 1");
    assertThat(mode(log)).isEqualTo("rw-r-----");
    assertThat(mode(gone)).isEqualTo("rw----r--");
    assertThat(files.movedAside())
        .singleElement()
        .satisfies(p -> assertThat(p).hasContent("later"));
    assertThat(names(home)).hasSize(3);

    ok(files.undo());

    assertThat(log).hasContent("later");
    assertThat(names(home)).containsExactly("log");
  }

  @Test
  void directoryThatBecameALinkIsNotFollowed() throws IOException {
    Path directory = Files.createDirectory(home.resolve("work"));
    SavedFile file = saved(directory.resolve("run-me"), "0", 0644);
    Files.delete(directory);
    Files.createSymbolicLink(directory, outside);

    assertThat(files.place(List.of(file)))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> assertThat(f.failure()).isInstanceOf(EngineFailure.FileConflict.class));

    assertThat(names(outside)).isEmpty();
  }

  @Test
  void fileThatCannotBePutBackLeavesEverythingAsItWas() throws IOException {
    Path log = Files.writeString(home.resolve("log"), "later");
    SavedFile lost = saved(home.resolve("lost"), "1", 0644);
    Files.delete(image.resolve("files/1"));

    assertThat(files.place(List.of(saved(log, "0", 0644), lost)))
        .isInstanceOf(Outcome.Failed.class);

    assertThat(log).hasContent("later");
    assertThat(names(home)).containsExactly("log");
  }

  @Test
  void ownerWhoPutsLinksInThePlaceOfWhatAppearsGetsNoOtherFile() throws Exception {
    Path victim = Files.writeString(outside.resolve("victim"), "secret");
    Files.setPosixFilePermissions(victim, PosixFilePermissions.fromString("rw-------"));
    SavedFile file = saved(home.resolve("log"), "0", 0666);
    Files.write(image.resolve("files/0"), new byte[1 << 20]);
    Thread owner = new Thread(() -> replaceAllThatAppears(victim));
    owner.start();
    try {
      for (int i = 0; i < 300; i++) {
        assertThat(files().place(List.of(file))).isNotNull();
        Files.deleteIfExists(home.resolve("log"));
        assertThat(mode(victim)).isEqualTo("rw-------");
        assertThat(victim).hasContent("secret");
      }
    } finally {
      owner.interrupt();
      owner.join();
    }
  }

  private void replaceAllThatAppears(Path victim) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        for (String name : names(home)) {
          Path appeared = home.resolve(name);
          if (Files.isSymbolicLink(appeared)) {
            Files.delete(appeared);
          } else if (name.startsWith(".")) {
            Files.move(appeared, outside.resolve(UUID.randomUUID().toString()));
            Files.createSymbolicLink(appeared, victim);
          }
        }
      } catch (FileSystemException e) {
        // The other one was quicker.
        Thread.onSpinWait();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private SavedFiles files() {
    return new SavedFiles(image, InstantSource.fixed(Instant.EPOCH));
  }

  private SavedFile saved(Path path, String content, int mode) throws IOException {
    Files.writeString(image.resolve("files").resolve(content), "content " + content);
    return new SavedFile(path.toString(), content, UID, GID, mode);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> listed = Files.list(directory)) {
      return listed.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }
}
