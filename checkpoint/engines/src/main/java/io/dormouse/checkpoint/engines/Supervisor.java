package io.dormouse.checkpoint.engines;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Starts runc under a small shell in a session of its own, which writes down how the instance
 * ended, and marks that in the one directory where all ends show. So the engine's process can end
 * and start again without the instances noticing.
 */
final class Supervisor {
  private static final String SCRIPT =
      """
      d=$1; shift
      echo $$ >"$d/supervisor.pid.tmp"; mv "$d/supervisor.pid.tmp" "$d/supervisor.pid"
      "$@" </dev/null >"$d/supervisor.log" 2>&1
      echo $? >"$d/exit-status.tmp"; mv "$d/exit-status.tmp" "$d/exit-status"
      : >"$d/../../ended/${d##*/}"
      """;

  private static final Duration SAYS_WHO_IT_IS = Duration.ofMillis(50);

  /** What a shell says of a child that was killed. */
  private static final int KILLED = 128 + 9;

  private Supervisor() {}

  /**
   * Starts the command and waits until runc has written the pid file.
   *
   * @return the instance's pid; after a failure nothing that was started is left
   */
  static Outcome<Long> start(
      InstanceFiles files, List<String> command, Map<String, String> environment, Limits limits) {
    List<String> argv =
        new ArrayList<>(
            List.of(
                "setsid", "--fork", "/bin/sh", "-c", SCRIPT, "sh", files.directory().toString()));
    argv.addAll(command);
    long deadline = System.nanoTime() + limits.timeout().toNanos();
    var call = new ToolRunner.Call("setsid", argv, environment, files.directory());
    return ToolRunner.run(call, limits.timeout())
        .then(
            forked ->
                awaitStarted(
                    files, limits, Duration.ofNanos(Math.max(1, deadline - System.nanoTime()))));
  }

  private static Outcome<Long> awaitStarted(InstanceFiles files, Limits limits, Duration left) {
    // Looking for one that has not said who it is takes longer than waiting for that.
    Waiting.until(() -> files.supervisorPid().isPresent(), SAYS_WHO_IT_IS);
    boolean inTime = Waiting.until(() -> files.pid().isPresent() || isOver(files), left);
    OptionalLong pid = files.pid();
    if (pid.isPresent() && !isKilled(files)) {
      return Outcome.ok(pid.getAsLong());
    }
    killStarted(files, limits.members());
    return Outcome.failed(failure(files, limits, inTime));
  }

  private static EngineFailure failure(InstanceFiles files, Limits limits, boolean inTime) {
    String log =
        (LogExcerpt.of(files.supervisorLog()) + "\n" + LogExcerpt.of(limits.toolLog())).strip();
    return inTime
        ? LogExcerpt.classify(
            limits.what(), files.exitStatus().orElse(KILLED), files.directory(), log)
        : new EngineFailure.TimedOut(limits.what(), limits.timeout(), log);
  }

  private static boolean isOver(InstanceFiles files) {
    return Files.exists(files.exitStatusFile()) || isKilled(files);
  }

  /**
   * Whether it is gone, and nobody wrote down how what it started ended. Until it has written down
   * who it is, it is known by the directory that it was given.
   */
  private static boolean isKilled(InstanceFiles files) {
    boolean there =
        files.supervisorPid().isPresent()
            ? isAlive(files)
            : ProcFs.isArgument(files.directory().toString()) || files.supervisorPid().isPresent();
    return !there && !Files.exists(files.exitStatusFile());
  }

  /**
   * What bounds a start: its name for messages, its time, its log, and the processes in its cgroup.
   */
  record Limits(String what, Duration timeout, Path toolLog, Supplier<List<Long>> members) {}

  static boolean isAlive(InstanceFiles files) {
    OptionalLong pid = files.supervisorPid();
    // Its pid is its session's, which tells it from a stranger that got the number later.
    return pid.isPresent()
        && ProcFs.stat(pid.getAsLong())
            .filter(s -> s.session() == pid.getAsLong() && !s.isZombie())
            .isPresent();
  }

  /** Kills the supervisor, runc, criu, and every child of theirs. */
  static void kill(InstanceFiles files, Supplier<List<Long>> members) {
    OptionalLong supervisor = files.supervisorPid();
    kill(
        members,
        () ->
            supervisor.isPresent() && isAlive(files)
                ? ProcFs.tree(supervisor.getAsLong())
                : List.of());
  }

  /** The same of what was started just now: a killed supervisor's session is its own still. */
  private static void killStarted(InstanceFiles files, Supplier<List<Long>> members) {
    OptionalLong supervisor = files.supervisorPid();
    kill(
        members, () -> supervisor.isPresent() ? ProcFs.session(supervisor.getAsLong()) : List.of());
  }

  private static void kill(Supplier<List<Long>> members, Supplier<List<Long>> tools) {
    Signals.killAll(
        () -> {
          Set<Long> doomed = new LinkedHashSet<>(members.get());
          doomed.addAll(tools.get());
          doomed.removeIf(pid -> !ProcFs.isAlive(pid));
          return doomed;
        },
        Duration.ofSeconds(5));
  }
}
