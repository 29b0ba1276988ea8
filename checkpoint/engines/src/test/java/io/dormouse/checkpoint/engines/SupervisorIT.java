package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final long SOON_SECONDS = 20;

  @TempDir private Path root;
  private InstanceFiles files = new InstanceFiles(Path.of("/nonexistent"));

  @BeforeEach
  void makeDirectories() throws IOException {
    files = new InstanceFiles(root.resolve("instances/w"));
    Files.createDirectories(files.directory());
    Files.createDirectories(root.resolve("ended"));
  }

  /** A tool that never comes to write the pid file, and says who it is. */
  private CompletableFuture<Outcome<Long>> startOneThatHangs() {
    List<String> tool = List.of("sh", "-c", "echo $$ >tool.pid; sleep 300; true");
    return CompletableFuture.supplyAsync(
        () -> Supervisor.start(files, tool, Map.of(), limits(TIMEOUT)));
  }

  private Supervisor.Limits limits(Duration timeout) {
    return new Supervisor.Limits("a tool", timeout, files.toolWork(), List::of);
  }

  private long awaitTool() {
    Path file = files.directory().resolve("tool.pid");
    await().until(() -> InstanceFiles.number(file).isPresent());
    long tool = InstanceFiles.number(file).getAsLong();
    await().until(() -> ProcFs.tree(tool).size() == 2);
    return tool;
  }

  @Test
  void aKilledSupervisorIsNoticedAtOnceAndWhatItStartedEnded() throws Exception {
    CompletableFuture<Outcome<Long>> starting = startOneThatHangs();
    long tool = awaitTool();
    List<Long> started = ProcFs.tree(tool);

    Signals.kill(List.of(files.supervisorPid().getAsLong()));

    Outcome<Long> outcome = starting.get(SOON_SECONDS, TimeUnit.SECONDS);
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(((Outcome.Failed<Long>) outcome).failure())
        .isInstanceOf(EngineFailure.ToolFailed.class);
    assertThat(started).noneMatch(ProcFs::isAlive);
  }

  @Test
  void oneThatIsKilledBeforeItSaidWhoItIsIsNoticedAtOnce() throws Exception {
    // Its first words have nowhere to go, and it hangs on them until it is killed.
    Path pipe = files.directory().resolve("supervisor.pid.tmp");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    CompletableFuture<Outcome<Long>> starting = startOneThatHangs();
    await().until(() -> supervisors().size() == 1);

    Signals.kill(supervisors());

    assertThat(starting.get(SOON_SECONDS, TimeUnit.SECONDS)).isInstanceOf(Outcome.Failed.class);
  }

  /** Also before they wrote down who they are. */
  private List<Long> supervisors() {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> ProcFs.stat(pid).filter(s -> s.session() == pid).isPresent())
        .filter(pid -> arguments(pid).contains(files.directory().toString()))
        .toList();
  }

  private static List<String> arguments(long pid) {
    return Presence.read(Path.of("/proc", Long.toString(pid), "cmdline"))
        .map(line -> List.of(line.split("\0", -1)))
        .orElse(List.of());
  }

  @Test
  void aKilledToolIsNoticedAtOnceAndWhatItStartedEnded() throws Exception {
    CompletableFuture<Outcome<Long>> starting = startOneThatHangs();
    long tool = awaitTool();
    List<Long> started = ProcFs.tree(tool);

    Signals.kill(List.of(tool));

    Outcome<Long> outcome = starting.get(SOON_SECONDS, TimeUnit.SECONDS);
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(files.exitStatus()).hasValue(128 + 9);
    assertThat(started).noneMatch(ProcFs::isAlive);
  }

  @Test
  void whatHangsIsEndedWhenItsTimeIsUp() {
    List<String> tool = List.of("sh", "-c", "echo $$ >tool.pid; sleep 300; true");

    Outcome<Long> outcome = Supervisor.start(files, tool, Map.of(), limits(Duration.ofSeconds(2)));

    assertThat(((Outcome.Failed<Long>) outcome).failure())
        .isInstanceOf(EngineFailure.TimedOut.class);
    OptionalLong pid = InstanceFiles.number(files.directory().resolve("tool.pid"));
    assertThat(ProcFs.isAlive(pid.getAsLong())).isFalse();
  }

  @Test
  void whatRanAndEndedSoonWasStarted() {
    List<String> tool = List.of("sh", "-c", "echo $$ >init.pid; exit 3");

    Outcome<Long> outcome = Supervisor.start(files, tool, Map.of(), limits(TIMEOUT));

    assertThat(outcome).isInstanceOf(Outcome.Ok.class);
    await().until(() -> files.exitStatus().isPresent());
    assertThat(files.exitStatus()).hasValue(3);
  }
}
