package io.dormouse.cli.up.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
  @TempDir Path folder;

  @Test
  void endsOnTheSignalAndKeepsItsLastWords() throws IOException {
    ChildProcess child =
        start("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done");
    await().until(() -> child.lastWords().equals("up"));

    child.close();

    assertThat(child.isAlive()).isFalse();
    assertThat(child.lastWords()).endsWith("bye");
  }

  @Test
  void isKilledWhenItHangs() throws IOException {
    ChildProcess child = start("trap '' TERM; echo up; while :; do sleep 0.05; done");
    await().until(() -> child.lastWords().equals("up"));

    child.close();

    assertThat(child.isAlive()).isFalse();
  }

  @Test
  void saysWhyItEnded() throws IOException {
    ChildProcess child = start("echo no such luck; exit 7");
    await().until(() -> !child.isAlive());

    assertThat(child.ended())
        .hasMessageContaining("The test ended with status 7")
        .hasMessageContaining("no such luck")
        .hasMessageContaining("Maybe see all of its log");
  }

  @Test
  void theWorkerRunsFromItsFolderAlone() throws IOException, InterruptedException {
    WorkerProgram program = WorkerProgram.install(folder.resolve("worker"));
    List<String> command = new ArrayList<>(program.command("some-class"));
    command.add("2000");
    Path cwd = Files.createDirectory(folder.resolve("cwd"));
    Process worker = new ProcessBuilder(command).directory(cwd.toFile()).start();

    worker
        .getOutputStream()
        .write("TASK t1 a\nTASK t1 a\nPROVE n\n".getBytes(StandardCharsets.US_ASCII));
    worker.getOutputStream().close();
    String said = new String(worker.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

    assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(worker.exitValue()).isZero();
    assertThat(said.lines().toList())
        .hasSize(4)
        .satisfies(lines -> assertThat(lines.get(3)).startsWith("PROOF n 1 "));
    assertThat(cwd.resolve("journal")).hasContent("1 t1\n");
  }

  private ChildProcess start(String script) throws IOException {
    return ChildProcess.start(
        "test", List.of("/bin/sh", "-c", script), folder.resolve("log"), Duration.ofMillis(500));
  }
}
