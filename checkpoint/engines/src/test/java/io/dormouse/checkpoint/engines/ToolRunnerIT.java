package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ToolRunnerIT {
  @TempDir Path directory = Path.of("");

  @Test
  void hungToolIsKilledWithTheSpinningChildThatIgnoresSignals() throws Exception {
    String script =
        """
        trap '' TERM HUP INT
        (trap '' TERM; echo $(exec sh -c 'echo $PPID') >child; while :; do :; done) &
        while [ ! -s child ]; do :; done
        echo "Error: stuck"
        while :; do :; done
        """;

    var outcome = run(script, Duration.ofMillis(700));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f ->
                assertThat(f.failure())
                    .isInstanceOfSatisfying(
                        EngineFailure.TimedOut.class,
                        t -> assertThat(t.message()).contains("stuck").contains("Maybe")));
    long child = Long.parseLong(Files.readString(directory.resolve("child")).strip());
    assertThat(ProcFs.isAlive(child)).isFalse();
  }

  @Test
  void interruptedCallerLeavesNoToolBehind() throws Exception {
    String script = "sleep 60 & echo $! >next; mv next child; echo $$ >next; mv next self; wait";
    var flag = new CompletableFuture<Boolean>();
    var outcome = new CompletableFuture<Outcome<ToolRunner.Result>>();
    Thread caller =
        new Thread(
            () -> {
              outcome.complete(run(script, Duration.ofSeconds(60)));
              flag.complete(Thread.currentThread().isInterrupted());
            });
    caller.start();
    Awaitility.await().until(() -> Files.exists(directory.resolve("self")));

    caller.interrupt();

    assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(Outcome.Failed.class);
    assertThat(flag.get(20, TimeUnit.SECONDS)).isTrue();
    for (String name : List.of("self", "child")) {
      long pid = Long.parseLong(Files.readString(directory.resolve(name)).strip());
      assertThat(ProcFs.isAlive(pid)).as(name).isFalse();
    }
  }

  @Test
  void interruptedThreadStillResumesWhatItHadStopped() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    try {
      Signals.stop(List.of(process.pid()));
      Awaitility.await().until(() -> ProcessTree.isStopped(process.pid()));

      Thread.currentThread().interrupt();
      var resumed = ProcessTree.resume(process.pid());

      assertThat(Thread.interrupted()).isTrue();
      assertThat(resumed).isInstanceOf(Outcome.Ok.class);
      Awaitility.await().until(() -> !ProcessTree.isStopped(process.pid()));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void toolThatHangsOnSomethingGoneIsKilledWithoutWaitingForItsTime() {
    var call =
        new ToolRunner.Call("test", List.of("/bin/sh", "-c", "sleep 60"), Map.of(), directory);

    assertThat(ToolRunner.run(call, Duration.ofSeconds(60), () -> false))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f ->
                assertThat(f.failure())
                    .isInstanceOfSatisfying(
                        EngineFailure.ProcessGone.class,
                        gone -> assertThat(gone.message()).contains("what test worked on")));
  }

  @Test
  void toolThatEndsByItselfHasAResultAlsoWhenItsSubjectIsGone() {
    var call =
        new ToolRunner.Call(
            "test", List.of("/bin/sh", "-c", "sleep 0.5; exit 3"), Map.of(), directory);

    assertThat(ToolRunner.run(call, Duration.ofSeconds(60), () -> false))
        .isInstanceOfSatisfying(
            Outcome.Ok.class,
            ok ->
                assertThat(ok.value())
                    .isInstanceOfSatisfying(
                        ToolRunner.Result.class, r -> assertThat(r.exitStatus()).isEqualTo(3)));
  }

  @Test
  void exitStatusAndOutputAreResults() {
    var outcome = run("echo out; echo err >&2; exit 3", Duration.ofSeconds(10));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Ok.class,
            ok ->
                assertThat(ok.value())
                    .isInstanceOfSatisfying(
                        ToolRunner.Result.class,
                        r -> {
                          assertThat(r.exitStatus()).isEqualTo(3);
                          assertThat(r.output()).isEqualTo("out\nerr");
                        }));
  }

  /** A file with a name would stay when this process is killed. */
  @Test
  void whatAToolPrintsIsInAFileWithoutAName() {
    String script = "until readlink /proc/$$/fd/1 | grep deleted; do sleep 0.01; done; exit 7";

    assertThat(run(script, Duration.ofSeconds(10)))
        .isInstanceOfSatisfying(
            Outcome.Ok.class,
            ok ->
                assertThat(ok.value())
                    .isInstanceOfSatisfying(
                        ToolRunner.Result.class,
                        r -> {
                          assertThat(r.exitStatus()).isEqualTo(7);
                          assertThat(r.output()).contains("dormouse-tool").endsWith("(deleted)");
                        }));
  }

  @Test
  void excerptOfEndlessOutputIsShort() {
    var outcome =
        run(
            "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done",
            Duration.ofSeconds(20));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Ok.class,
            ok ->
                assertThat(ok.value())
                    .isInstanceOfSatisfying(
                        ToolRunner.Result.class,
                        r -> assertThat(r.output()).hasSize(4_000).endsWith("line 2999")));
  }

  @Test
  void toolThatIsNotThereIsNamed() {
    var call = new ToolRunner.Call("criu", List.of("/nowhere/criu"), Map.of(), directory);

    assertThat(ToolRunner.run(call, Duration.ofSeconds(1)))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> assertThat(f.failure()).isInstanceOf(EngineFailure.ToolMissing.class));
  }

  private Outcome<ToolRunner.Result> run(String script, Duration timeout) {
    return ToolRunner.run(
        new ToolRunner.Call("test", List.of("/bin/sh", "-c", script), Map.of(), directory),
        timeout);
  }
}
