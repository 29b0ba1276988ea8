package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir Path folder;
  private Process master;
  private long pid;
  private final ProcessTreeEngine engine =
      new ProcessTreeEngine(Path.of("/no/criu"), InstantSource.system());

  @BeforeEach
  void startOnATerminal() throws IOException {
    Path file = folder.resolve("pid");
    master =
        new ProcessBuilder(
                "script",
                "--quiet",
                "--command",
                "echo $$ >%1$s.tmp; mv %1$s.tmp %1$s; exec sleep 60".formatted(file),
                "/dev/null")
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Awaitility.await().atMost(LIMIT).until(() -> Files.exists(file));
    pid = Long.parseLong(Files.readString(file).strip());
  }

  @AfterEach
  void end() {
    TestTools.ok(engine.kill(master.pid(), LIMIT));
  }

  @Test
  void aProcessOnATerminalIsRefusedWithTheReasonBeforeAnythingIsDone() {
    Outcome<DumpReport> outcome = engine.dump(pid, folder, DumpOptions.of(After.KEEP_RUNNING));

    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    EngineFailure failure = ((Outcome.Failed<DumpReport>) outcome).failure();
    assertThat(failure).isInstanceOf(EngineFailure.Unsupported.class);
    assertThat(failure.message()).contains("pid " + pid, "/dev/pts/", "\nMaybe", "setsid");
    assertThat(ProcessTree.isStopped(pid)).isFalse();
    assertThat(folder.resolve("criu")).doesNotExist();
  }

  @Test
  void servingAnotherTerminalDoesNotHelp() throws IOException {
    Process other =
        new ProcessBuilder("script", "--quiet", "--command", "exec sleep 60", "/dev/null")
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Awaitility.await().atMost(LIMIT).until(() -> ProcFs.tree(other.pid()).size() > 1);
      assertThat(OpenFiles.foreignTerminal(ProcFs.tree(other.pid()))).isEmpty();
      assertThat(OpenFiles.foreignTerminal(List.of(pid, other.pid()))).isPresent();
    } finally {
      TestTools.ok(engine.kill(other.pid(), LIMIT));
    }
  }

  @Test
  void aTreeThatServesItsTerminalItselfIsNotRefused() {
    assertThat(OpenFiles.foreignTerminal(List.of(pid))).isPresent();
    assertThat(OpenFiles.foreignTerminal(ProcFs.tree(master.pid()))).isEmpty();
  }
}
