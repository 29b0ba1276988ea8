package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.Supervisor.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The processes of one life: a coordinator on a port of its own, the latch, and the instance; all
 * children of one shell, which ends the first two with the last.
 */
final class DmtcpProcesses {
  // The latch is one more process of the computation, so that a restart without it waits once all
  // memory is there. It shares no open file with the others: DMTCP would wait for it to pass these
  // on. Nor does the instance have a stream that DMTCP did not see opened: such a one would be
  // that of the restart afterwards, and what was in it lost. Where the restart stands, it will be.
  // Without a locale, nothing is mapped into it that would have to be saved as a file.
  private static final String SCRIPT =
      """
      d=$1 h=$2 bin=$3 u=$4 g=$5 way=$6; shift 6
      as() {
        if [ -n "$u" ]; then
          exec setpriv --reuid "$u" --regid "$g" --clear-groups --no-new-privs -- "$@"
        fi
        exec "$@"
      }
      say() { echo "$2" >"$d/$1.tmp"; mv "$d/$1.tmp" "$d/$1"; }
      own="--ckptdir $h/dmtcp/checkpoints --tmpdir $h/dmtcp/temporary"
      rm -f "$h/dmtcp/port"
      (as "$bin/dmtcp_coordinator" --coord-port 0 --port-file "$h/dmtcp/port" $own \\
        --coord-logfile "$h/dmtcp/coordinator.log" </dev/null >/dev/null 2>&1) &
      coordinator=$!
      say coordinator.pid $coordinator
      until [ -s "$h/dmtcp/port" ]; do kill -0 $coordinator || exit 125; sleep 0.01; done
      port=$(as head -c 5 "$h/dmtcp/port")
      case $port in ''|*[!0-9]*) exit 125 ;; esac
      say port $port
      to="--join-coordinator --coord-port $port -q -q"
      if [ $way = start ]; then
        (LC_ALL=C; export LC_ALL; cd /
          as "$bin/dmtcp_launch" $to --no-gzip $own sleep infinity </dev/null >/dev/null 2>&1) &
        latch=$!
        (cd "$h/layer/work" || exit 126
          as "$bin/dmtcp_launch" $to --no-gzip $own /bin/sh -c \\
            'exec "$@" 0<>"$0/stdin" 1<>"$0/stdout" 2>>"$0/stderr"' "$h/layer/dormouse" "$@" </dev/null) &
      else
        held=$1; shift
        (read -r go <>"$d/thaw"; cd /
          as "$bin/dmtcp_restart" $to $own "$held" </dev/null >"$d/latch.log" 2>&1) &
        latch=$!
        (cd "$h/layer/work" || exit 126
          as "$bin/dmtcp_restart" $to $own "$@" </dev/null) &
      fi
      instance=$!
      say latch.pid $latch
      say init.pid $instance
      wait $instance
      status=$?
      kill -0 $coordinator 2>/dev/null || say lost coordinator
      kill -9 $latch $coordinator
      exit $status
      """;

  private static final Duration ENDING_MAX = Duration.ofSeconds(5);

  private final DmtcpTools tools;
  private final InstanceFiles files;
  private final DmtcpHome home;
  private final InstanceSpec spec;

  DmtcpProcesses(DmtcpTools tools, InstanceFiles files, DmtcpHome home, InstanceSpec spec) {
    this.tools = tools;
    this.files = files;
    this.home = home;
    this.spec = spec;
  }

  /** Starts the instance's program; returns once it is there, though not yet under DMTCP. */
  Outcome<Long> start(Duration timeout) {
    return run("start", HandedEnvironment.unwrapping(spec.argv()), timeout);
  }

  /** Restarts images, all but the latch's, which waits for {@link #releaseLatch}. */
  Outcome<Long> restart(Path latch, List<Path> others, Duration timeout) {
    List<String> images = new ArrayList<>(List.of(latch.toString()));
    others.forEach(image -> images.add(image.toString()));
    return run("restart", images, timeout);
  }

  private Outcome<Long> run(String way, List<String> arguments, Duration timeout) {
    boolean other = !OwnerRights.prefix(spec.ownerUid(), spec.ownerGid()).isEmpty();
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "sh"));
    command.addAll(List.of(files.directory().toString(), home.directory().toString()));
    command.add(tools.directory().toString());
    command.add(other ? Long.toString(spec.ownerUid()) : "");
    command.add(other ? Long.toString(spec.ownerGid()) : "");
    command.add(way);
    command.addAll(arguments);
    Map<String, String> own = new TreeMap<>(spec.environment());
    // What a caller that runs under DMTCP itself hands down would lead to his coordinator.
    own.keySet().removeIf(name -> name.startsWith("DMTCP_"));
    Map<String, String> environment = new TreeMap<>(HandedEnvironment.wrapped(own));
    environment.put("DMTCP_GZIP", "0");
    var limits = new Limits("dmtcp " + way, timeout, files.supervisorLog(), this::own);
    return Supervisor.start(files, command, environment, limits);
  }

  /** The FIFO that is there while the latch is held. */
  static Path latchHeld(InstanceFiles files) {
    return files.directory().resolve("thaw");
  }

  /** Lets the latch go, and with it all others. */
  Outcome<Done> releaseLatch() {
    try (var fifo = new java.io.RandomAccessFile(latchHeld(files).toFile(), "rw")) {
      fifo.write('\n');
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("let " + spec.id() + " go", e));
    }
  }

  /** Where the coordinator of a life listens, as it was when that life began. */
  static Outcome<Integer> port(InstanceFiles files) {
    String text = Presence.read(files.directory().resolve("port")).orElse("").strip();
    return text.matches("[1-9]\\d{0,4}")
        ? Outcome.ok(Integer.parseInt(text))
        : Outcome.failed(new EngineFailure.ProcessGone("the coordinator of " + files.directory()));
  }

  OptionalLong coordinator() {
    return child("coordinator.pid");
  }

  OptionalLong latch() {
    return child("latch.pid");
  }

  OptionalLong instance() {
    return child("init.pid");
  }

  // Its grandparent is the supervisor, who has a session of his own: a stranger with the same pid
  // has not.
  private OptionalLong child(String name) {
    String text = Presence.read(files.directory().resolve(name)).orElse("").strip();
    OptionalLong supervisor = files.supervisorPid();
    if (!text.matches("\\d{1,10}") || supervisor.isEmpty()) {
      return OptionalLong.empty();
    }
    long pid = Long.parseLong(text);
    boolean ours =
        ProcFs.stat(pid)
            .filter(s -> !s.isZombie())
            .flatMap(s -> ProcFs.stat(s.parent()))
            .filter(shell -> shell.parent() == supervisor.getAsLong())
            .isPresent();
    return ours ? OptionalLong.of(pid) : OptionalLong.empty();
  }

  /**
   * Whether the coordinator went before the instance did: then all of it ends, or stands still for
   * good, since no other coordinator is let in by processes that had one.
   */
  boolean coordinatorIsLost() {
    // In this order: once the instance has ended, the coordinator is ended too.
    boolean gone = coordinator().isEmpty();
    return Presence.exists(files.directory().resolve("lost"))
        || (gone && instance().isPresent() && files.exitStatus().isEmpty());
  }

  boolean coordinatorIsStopped() {
    OptionalLong pid = coordinator();
    return pid.isPresent()
        && ProcFs.isAlive(pid.getAsLong())
        && ProcessTree.isStopped(pid.getAsLong());
  }

  /** Whether the instance and its coordinator are there. */
  boolean live() {
    return instance().isPresent() && coordinator().isPresent();
  }

  /** Keeps all processes at the next barrier that they reach. */
  Outcome<Done> stopCoordinator(Duration timeout) {
    OptionalLong pid = coordinator();
    try {
      if (pid.isEmpty()) {
        return Outcome.failed(new EngineFailure.ProcessGone("the coordinator of " + spec.id()));
      }
      Signals.stop(List.of(pid.getAsLong()));
      return Waiting.until(this::coordinatorIsStopped, timeout)
          ? Outcome.ok(new Done(Duration.ZERO))
          : Outcome.failed(new EngineFailure.TimedOut("stopping a coordinator", timeout, ""));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("stop the coordinator of " + spec.id(), e));
    }
  }

  Outcome<Done> resumeCoordinator() {
    OptionalLong pid = coordinator();
    try {
      Signals.resume(pid.isPresent() ? List.of(pid.getAsLong()) : List.of());
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("resume the coordinator of " + spec.id(), e));
    }
  }

  /**
   * All processes of the computation, also those that have left the tree: DMTCP maps a file of the
   * home into each.
   */
  static List<Long> members(DmtcpHome home) {
    String mark = home.temporary() + "/";
    return ProcFs.all().stream()
        .filter(stat -> !stat.isZombie())
        .map(ProcFs.Stat::pid)
        .filter(pid -> maps(pid).contains(mark))
        .toList();
  }

  // The home may have another life by now.
  private List<Long> own() {
    return home.isOf(spec.id()) ? members(home) : List.of();
  }

  private static String maps(long pid) {
    try {
      return Presence.read(Path.of("/proc", Long.toString(pid), "maps")).orElse("");
    } catch (UncheckedIOException e) {
      // Another user's is none of ours.
      return "";
    }
  }

  /** Kills all of it, the coordinator last: without it the others would notice. */
  Outcome<Done> kill(Duration timeout) {
    long start = System.nanoTime();
    OptionalLong instance = instance();
    boolean gone =
        Signals.killAll(
            () -> {
              List<Long> doomed = new ArrayList<>(own());
              instance.ifPresent(pid -> doomed.addAll(ProcFs.tree(pid)));
              doomed.removeIf(pid -> !ProcFs.isAlive(pid));
              return doomed;
            },
            timeout);
    Waiting.untilUninterrupted(
        () -> files.exitStatus().isPresent() || !Supervisor.isAlive(files), ENDING_MAX);
    Supervisor.kill(files, List::of);
    return gone
        ? Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)))
        : Outcome.failed(
            new EngineFailure.TimedOut("killing " + spec.id(), timeout, "processes are left"));
  }

  static void makeLatch(InstanceFiles files) throws IOException {
    Process made = new ProcessBuilder("mkfifo", "-m", "600", latchHeld(files).toString()).start();
    if (!Waiting.untilUninterrupted(() -> !made.isAlive(), Duration.ofSeconds(10))
        || made.exitValue() != 0
        || !Files.exists(latchHeld(files))) {
      throw new IOException("can't make " + latchHeld(files));
    }
  }
}
