package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.engines.telemetry.ProcessSampler;
import io.dormouse.checkpoint.engines.telemetry.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Runs instances as plain processes that SIGSTOP freezes: for hosts without root, CRIU or runc. No
 * images. The working directory is the instance's own, but {@code /work} and {@code /tmp} are the
 * host's.
 */
public final class SignalsEngine implements InstanceEngine {
  public static final String NAME = "signals";

  private static final String INIT =
      """
      d=$1; shift
      echo $$ >"$d/init.pid.tmp"; mv "$d/init.pid.tmp" "$d/init.pid"
      cd "$d/layer/work" || exit 126
      exec "$@" 0<>"$d/layer/dormouse/stdin" 1<>"$d/layer/dormouse/stdout" 2>>"$d/layer/dormouse/stderr"
      """;

  private final InstanceDirectory instances;
  private final ProcessSampler sampler = new ProcessSampler();

  private SignalsEngine(InstanceDirectory instances) {
    this.instances = instances;
  }

  /**
   * Opens an engine on its directory, with the instances that are in it; fails while capsules live
   * there.
   */
  public static Outcome<SignalsEngine> open(Path root) {
    try {
      InstanceDirectory instances = InstanceDirectory.open(root);
      return Residents.noCapsules(instances).then(done -> Outcome.ok(new SignalsEngine(instances)));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("open " + root, e));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.FREEZE);
  }

  @Override
  public Outcome<InstanceState> start(InstanceSpec spec, Duration timeout) {
    InstanceFiles files = files(spec.id());
    return Outcome.attempt(() -> instances.make(spec))
        .then(made -> Layer.create(files, spec))
        .then(
            done -> {
              List<String> command =
                  new ArrayList<>(
                      List.of("/bin/sh", "-c", INIT, "sh", files.directory().toString()));
              command.addAll(OwnerRights.command(spec, HandedEnvironment.unwrapping(spec.argv())));
              var limits = new Supervisor.Limits("start", timeout, files.supervisorLog(), List::of);
              return Supervisor.start(
                  files, command, HandedEnvironment.wrapped(spec.environment()), limits);
            })
        .then(pid -> Outcome.ok(state(files, spec)))
        .orUndo(
            failure ->
                failure instanceof EngineFailure.WrongState ? null : delete(spec.id(), timeout));
  }

  @Override
  public Outcome<Done> freeze(String id, Duration timeout) {
    return living(id).then(pid -> ProcessTree.stop(pid, timeout));
  }

  @Override
  public Outcome<Done> thaw(String id, Duration timeout) {
    return living(id).then(ProcessTree::resume);
  }

  @Override
  public boolean writesOnce(Path file) {
    return false;
  }

  @Override
  public Outcome<DumpReport> dump(String id, Path imageDirectory, DumpOptions options) {
    return unsupported();
  }

  @Override
  public Outcome<InstanceState> restoreFrozen(RestoreRequest request) {
    return unsupported();
  }

  private static <T> Outcome<T> unsupported() {
    return Outcome.failed(
        new EngineFailure.Unsupported(
            "Dumping to an image",
            "this host has no working CRIU and runc, or this is not root; the doctor tells which."));
  }

  @Override
  public Outcome<Done> kill(String id, Duration timeout) {
    return Outcome.attempt(
        () -> {
          OptionalLong pid = pid(files(id));
          return pid.isPresent()
              ? kill(id, pid.getAsLong(), timeout)
              : Outcome.ok(new Done(Duration.ZERO));
        });
  }

  private Outcome<Done> kill(String id, long pid, Duration timeout) {
    return ProcessTree.kill(pid, timeout)
        .then(
            done -> {
              Waiting.until(
                  () -> files(id).exitStatus().isPresent() || !Supervisor.isAlive(files(id)),
                  timeout);
              return Outcome.ok(done);
            });
  }

  @Override
  public Outcome<Done> delete(String id, Duration timeout) {
    InstanceFiles files = files(id);
    return kill(id, timeout)
        .then(
            done -> {
              try {
                Supervisor.kill(files, List::of);
                instances.delete(id);
                return Outcome.ok(done);
              } catch (IOException e) {
                return Outcome.failed(EngineErrors.io("delete instance " + id, e));
              }
            });
  }

  @Override
  public Outcome<Usage> usage(String id) {
    return living(id)
        .then(
            pid ->
                sampler
                    .sample(pid)
                    .<Outcome<Usage>>map(Outcome::ok)
                    .orElseGet(() -> Outcome.failed(new EngineFailure.ProcessGone(id))));
  }

  @Override
  public Outcome<Optional<InstanceState>> inspect(String id) {
    return instances.inspect(id, SignalsEngine::state);
  }

  @Override
  public Outcome<List<String>> ended() {
    return instances.ended();
  }

  @Override
  public Outcome<List<String>> ids() {
    return instances.ids();
  }

  private Outcome<Long> living(String id) {
    return Outcome.attempt(
        () -> {
          OptionalLong pid = pid(files(id));
          return pid.isPresent()
              ? Outcome.ok(pid.getAsLong())
              : Outcome.failed(new EngineFailure.ProcessGone(id));
        });
  }

  // The supervisor is its parent and has a session of its own: a stranger with the same pid has
  // not.
  static OptionalLong pid(InstanceFiles files) {
    OptionalLong pid = files.pid();
    OptionalLong session = files.supervisorPid();
    boolean ours =
        pid.isPresent()
            && session.isPresent()
            && ProcFs.stat(pid.getAsLong())
                .filter(s -> !s.isZombie() && s.session() == session.getAsLong())
                .isPresent();
    return ours ? pid : OptionalLong.empty();
  }

  private static InstanceState state(InstanceFiles files, InstanceSpec spec) {
    OptionalLong pid = pid(files);
    OptionalInt exit = files.exitStatus();
    Status status =
        pid.isEmpty()
            ? Status.EXITED
            : ProcessTree.isStopped(pid.getAsLong()) ? Status.FROZEN : Status.RUNNING;
    return new InstanceState(spec, status, pid, exit, files.directory(), files.stdio());
  }

  private InstanceFiles files(String id) {
    return instances.files(id);
  }
}
