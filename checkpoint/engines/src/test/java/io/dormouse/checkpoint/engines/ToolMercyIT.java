package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tools that are told to give up get for it. */
class ToolMercyIT {
  @TempDir Path directory;

  /** Killed before, it would leave what it works on in the middle of something. */
  @Test
  void whoGetsOnMayTakeItsTime() throws Exception {
    Path told = directory.resolve("told");
    Path done = directory.resolve("done");
    String script =
        "echo $$ >self; while [ ! -e told ]; do sleep 0.01; done;"
            + " end=$(($(date +%s) + 7)); while [ $(date +%s) -lt $end ]; do :; done; echo x >done";

    var outcome = giveUp(script, Duration.ofSeconds(20), () -> write(told));

    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(done).exists();
  }

  @Test
  void whoHangsIsKilled() throws Exception {
    long start = System.nanoTime();

    var outcome = giveUp("echo $$ >self; exec sleep 60", Duration.ofSeconds(40), () -> {});

    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    long pid = Long.parseLong(Files.readString(directory.resolve("self")).strip());
    assertThat(ProcFs.isAlive(pid)).isFalse();
  }

  private Outcome<ToolRunner.Result> giveUp(String script, Duration timeout, Runnable word)
      throws Exception {
    var call = new ToolRunner.Call("test", List.of("/bin/sh", "-c", script), Map.of(), directory);
    var outcome = new CompletableFuture<Outcome<ToolRunner.Result>>();
    var terms = new ToolRunner.Terms(timeout, () -> true, Optional.of(word));
    Thread caller = new Thread(() -> outcome.complete(ToolRunner.run(call, terms)));
    caller.start();
    Awaitility.await().until(() -> Files.exists(directory.resolve("self")));
    caller.interrupt();
    return outcome.get(60, TimeUnit.SECONDS);
  }

  private static void write(Path file) {
    try {
      Files.createFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
