package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The messages are those of criu 4.1 and 4.2, as measured. */
class LogExcerptTest {
  private static final Path IMAGE = Path.of("/image");

  @Test
  void knownMessagesBecomeTypedFailures() {
    assertThat(classify("Error (criu/cr-restore.c:1230): Can't fork for 20487: File exists"))
        .isEqualTo(new EngineFailure.PidInUse(20487));
    assertThat(classify("inet: Can't bind inet socket (id 26): Address already in use"))
        .isInstanceOf(EngineFailure.AddressInUse.class);
    assertThat(
            classify("Error (criu/files-reg.c:2175): File tmp/o5.log has bad size 32 (expect 26)"))
        .isInstanceOfSatisfying(
            EngineFailure.FileConflict.class,
            c -> assertThat(c.file()).isEqualTo(Path.of("/tmp/o5.log")));
    assertThat(classify("Error (criu/protobuf.c:72): Unexpected EOF on (empty-image)"))
        .isInstanceOf(EngineFailure.BadImage.class);
    assertThat(classify("Error (criu/image.c:558): Magic doesn't match for inventory.img"))
        .isInstanceOf(EngineFailure.BadImage.class);
    assertThat(classify("write: No space left on device"))
        .isInstanceOf(EngineFailure.DiskFull.class);
    assertThat(classify("something new"))
        .isEqualTo(new EngineFailure.ToolFailed("criu", 1, "something new"));
  }

  @Test
  void harmlessErrorLineIsLeftOut(@TempDir Path directory) throws Exception {
    Path log = directory.resolve("dump.log");
    Files.writeString(
        log,
        "start\nError (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted\nmore\nError (criu/cr-dump.c:2111): Dumping FAILED.\n");

    assertThat(LogExcerpt.of(log)).isEqualTo("Error (criu/cr-dump.c:2111): Dumping FAILED.");
    assertThat(LogExcerpt.of(directory.resolve("none"))).isEmpty();
  }

  private static EngineFailure classify(String excerpt) {
    return LogExcerpt.classify("criu", 1, IMAGE, excerpt);
  }
}
