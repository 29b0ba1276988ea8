package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept between two dumps, without a kernel that tracks: see MemoryTrackingIT for that. */
class TrackedMemoryTest {
  private static final byte[] IMAGE = "image".getBytes(StandardCharsets.UTF_8);

  private Path directory = Path.of("");
  private TrackedMemory memory = new TrackedMemory(Path.of(""));

  @BeforeEach
  void make(@TempDir Path temporary) throws IOException {
    directory = temporary.resolve("tracked");
    memory = new TrackedMemory(directory);
  }

  /** As one is left after a dump of processes that have all ended since. */
  private void keep() throws IOException {
    Files.createDirectory(directory);
    Files.writeString(directory.resolve("canaries"), "4194303 1 1 4096\n");
  }

  @Test
  void namesNoImageUntilItIsTold() throws IOException {
    assertThat(ok(memory.known())).isEmpty();
    keep();
    assertThat(ok(memory.known())).isEmpty();
    assertThat(memory.isIntact()).isFalse();

    ok(memory.rely(IMAGE));

    assertThat(ok(memory.known())).hasValue(IMAGE);
    assertThat(memory.isIntact()).isTrue();
  }

  @Test
  void isUsedOnce() throws IOException {
    keep();
    ok(memory.rely(IMAGE));

    TrackedMemory taken = memory.take();

    assertThat(ok(memory.known())).isEmpty();
    assertThat(ok(taken.known())).hasValue(IMAGE);
    assertThat(ok(memory.take().known())).isEmpty();
    ok(memory.rely(IMAGE));
    assertThat(ok(memory.known())).as("nothing is tracked").isEmpty();
  }

  @Test
  void marksThatCantBeReadAreNotIntact() throws IOException {
    keep();
    ok(memory.rely(IMAGE));
    ProcFs.Stat self = ProcFs.stat(ProcessHandle.current().pid()).orElseThrow();
    Files.writeString(
        directory.resolve("canaries"),
        "%d %d 1 4096\n".formatted(ProcessHandle.current().pid(), self.startTicks()));

    assertThat(memory.isIntact()).as("that page is not there").isFalse();
    Files.writeString(directory.resolve("canaries"), "");
    assertThat(memory.isIntact()).as("no process is marked").isFalse();
  }
}
