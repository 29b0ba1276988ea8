package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PresenceTest {
  @TempDir Path folder;

  @Test
  void whatIsNotThereIsEmptyAndWhatCannotBeReadThrows() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");

    assertThat(Presence.read(file)).contains("x");
    assertThat(Presence.read(folder.resolve("other"))).isEmpty();
    assertThat(Presence.list(folder.resolve("other"))).isEmpty();
    assertThatThrownBy(() -> Presence.read(folder)).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> Presence.list(file)).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> Presence.exists(file.resolve("below")))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void processesThatDieWhileTheyAreReadAreGone() throws Exception {
    for (int i = 0; i < 50; i++) {
      Process process = new ProcessBuilder("true").start();
      boolean seenGone = false;
      while (!seenGone) {
        seenGone = ProcFs.stat(process.pid()).isEmpty();
      }
      assertThat(ProcFs.cgroups(process.pid())).isEmpty();
    }
  }

  @Test
  void livingProcessesAreNotTakenForDeadWithoutADescriptorLeft() throws Exception {
    Process sleeper = new ProcessBuilder("sleep", "60").start();
    try {
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      Process starved =
          new ProcessBuilder(
                  List.of(
                      "sh",
                      "-c",
                      "ulimit -n 100; exec \"$@\"",
                      "sh",
                      java,
                      "-XX:-MaxFDLimit",
                      "-cp",
                      System.getProperty("java.class.path"),
                      Starved.class.getName(),
                      Long.toString(sleeper.pid())))
              .redirectErrorStream(true)
              .start();
      String said =
          new String(starved.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(starved.waitFor(Duration.ofSeconds(20).toMillis(), TimeUnit.MILLISECONDS))
          .isTrue();
      assertThat(said).isEqualTo("unknown");
    } finally {
      sleeper.destroyForcibly();
    }
  }
}
