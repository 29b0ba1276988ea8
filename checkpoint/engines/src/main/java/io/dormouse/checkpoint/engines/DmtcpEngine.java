package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.engines.telemetry.ProcessSampler;
import io.dormouse.checkpoint.engines.telemetry.Usage;
import io.dormouse.checkpoint.images.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs instances under DMTCP, each with a coordinator and a directory of its own: images without
 * root, without CRIU and without a kernel that lets processes be dumped. An instance sees the
 * host's files, and its own under the path of its home. A coordinator that dies takes its processes
 * with it; any local user can reach its port, which DMTCP does not guard.
 */
public final class DmtcpEngine implements InstanceEngine {
  public static final String NAME = "dmtcp";

  private final InstanceDirectory instances;
  private final Path homes;
  private final DmtcpTools tools;
  private final InstantSource clock;
  private final ProcessSampler sampler = new ProcessSampler();

  private DmtcpEngine(
      InstanceDirectory instances, Path homes, DmtcpTools tools, InstantSource clock) {
    this.instances = instances;
    this.homes = homes;
    this.tools = tools;
    this.clock = clock;
  }

  /**
   * Opens an engine on its directory, with the instances that are in it; fails while capsules live
   * there.
   *
   * @param root directory of this engine alone
   * @param homes directory of all engines that are to restore each other's images: it must have the
   *     same path on all nodes, and let owners pass
   */
  public static Outcome<DmtcpEngine> open(
      Path root, Path homes, DmtcpTools tools, InstantSource clock) {
    try {
      InstanceDirectory instances = InstanceDirectory.open(root);
      Path real = InstanceFiles.createPassable(homes).toRealPath();
      if (!(instances.path() + "" + real + tools.directory()).matches("[^\\s'\"*?\\[\\\\]+")) {
        return Outcome.failed(
            new EngineFailure.Unsupported(
                "Running DMTCP in " + real, "a path without spaces and quotes works."));
      }
      return Residents.noCapsules(instances)
          .then(done -> Outcome.ok(new DmtcpEngine(instances, real, tools, clock)));
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
    return Set.of(Ability.FREEZE, Ability.IMAGE);
  }

  @Override
  public boolean writesOnce(Path file) {
    return DmtcpRecord.writesOnce(file);
  }

  @Override
  public Outcome<InstanceState> start(InstanceSpec spec, Duration timeout) {
    DmtcpLife life = life(spec);
    return settle(spec)
        .then(done -> Layer.create(life.home().files(), spec))
        .then(done -> life.processes().start(timeout))
        .then(pid -> Outcome.ok(life.state()))
        .orUndo(failure -> unlessAnothers(failure, spec, timeout));
  }

  private Outcome<Done> settle(InstanceSpec spec) {
    DmtcpHome home = home(spec);
    return Outcome.attempt(() -> instances.make(spec))
        .then(files -> evict(home))
        .then(done -> home.make(spec));
  }

  // A life that has ended gives way; the agent deletes it later.
  private Outcome<Done> evict(DmtcpHome home) {
    Optional<String> other = Presence.read(home.life());
    if (other.isPresent() && mayLive(other.get(), home)) {
      return Outcome.failed(
          new EngineFailure.WrongState(other.get(), "living in " + home.directory(), "ended"));
    }
    try {
      if (Presence.exists(home.directory())) {
        Trees.delete(home.directory());
      }
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("empty " + home.directory(), e));
    }
  }

  private boolean mayLive(String id, DmtcpHome home) {
    boolean ended =
        inspect(id) instanceof Outcome.Ok<Optional<InstanceState>> ok
            && ok.value().map(state -> state.status() == Status.EXITED).orElse(true);
    return !ended || !DmtcpProcesses.members(home).isEmpty();
  }

  private Outcome<Done> unlessAnothers(EngineFailure failure, InstanceSpec spec, Duration timeout) {
    boolean taken =
        failure instanceof EngineFailure.WrongState state && state.id().equals(spec.id());
    return taken ? Outcome.ok(new Done(Duration.ZERO)) : delete(spec.id(), timeout);
  }

  @Override
  public Outcome<InstanceState> restoreFrozen(RestoreRequest request) {
    return DmtcpRecord.read(request.image())
        .then(record -> suits(record, request))
        .then(
            record ->
                request.newLife(DmtcpRecord.SPEC).then(spec -> restore(spec, record, request)));
  }

  private Outcome<DmtcpRecord> suits(DmtcpRecord record, RestoreRequest request) {
    Path home = homes.resolve(request.instance());
    if (!record.dmtcpVersion().equals(tools.version())) {
      return Outcome.failed(
          new EngineFailure.Unsupported(
              "Restoring an image of DMTCP %s by DMTCP %s"
                  .formatted(record.dmtcpVersion(), tools.version()),
              "a node with that version can."));
    }
    return record.home().equals(home.toString())
        ? Outcome.ok(record)
        : Outcome.failed(
            new EngineFailure.Unsupported(
                "Restoring an image made at %s in %s".formatted(record.home(), home),
                "give all nodes the same directory for homes: DMTCP keeps paths."));
  }

  private Outcome<InstanceState> restore(
      InstanceSpec spec, DmtcpRecord record, RestoreRequest request) {
    DmtcpLife life = life(spec);
    return settle(spec)
        .then(done -> life.markRestoring())
        .then(done -> new DmtcpRestore(life, record, request.image(), request.timeout()).run())
        .then(done -> life.unmarkRestoring())
        .then(done -> Outcome.ok(life.state()))
        .orUndo(failure -> unlessAnothers(failure, spec, request.timeout()));
  }

  @Override
  public Outcome<Done> freeze(String id, Duration timeout) {
    return living(id).then(state -> life(state.spec()).freeze(timeout));
  }

  @Override
  public Outcome<Done> thaw(String id, Duration timeout) {
    return living(id).then(state -> life(state.spec()).thaw(timeout));
  }

  @Override
  public Outcome<DumpReport> dump(String id, Path imageDirectory, DumpOptions options) {
    return DmtcpStop.refusal(id, options)
        .<Outcome<DumpReport>>map(Outcome::failed)
        .orElseGet(
            () ->
                living(id)
                    .then(
                        state ->
                            new DmtcpStop(life(state.spec()), state, options, clock)
                                .dump(imageDirectory)));
  }

  @Override
  public Outcome<Done> kill(String id, Duration timeout) {
    return spec(id)
        .then(
            spec ->
                spec.isPresent()
                    ? life(spec.get()).processes().kill(timeout)
                    : Outcome.ok(new Done(Duration.ZERO)));
  }

  @Override
  public Outcome<Done> delete(String id, Duration timeout) {
    InstanceFiles files = instances.files(id);
    return spec(id)
        .then(
            spec -> {
              Outcome<Done> killed =
                  spec.isPresent()
                      ? life(spec.get()).processes().kill(timeout)
                      : Outcome.ok(new Done(Duration.ZERO));
              return killed.then(done -> forget(files, spec, id));
            });
  }

  private Outcome<Done> forget(InstanceFiles files, Optional<InstanceSpec> spec, String id) {
    try {
      Supervisor.kill(files, List::of);
      if (spec.isPresent()) {
        home(spec.get()).leave(id);
      }
      instances.delete(id);
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("delete instance " + id, e));
    }
  }

  private Outcome<Optional<InstanceSpec>> spec(String id) {
    return inspect(id).then(found -> Outcome.ok(found.map(InstanceState::spec)));
  }

  @Override
  public Outcome<Usage> usage(String id) {
    return living(id)
        .then(
            state ->
                sampler
                    .sample(state.pid().orElseThrow())
                    .<Outcome<Usage>>map(Outcome::ok)
                    .orElseGet(() -> Outcome.failed(new EngineFailure.ProcessGone(id))));
  }

  @Override
  public Outcome<List<String>> ended() {
    return instances.ended();
  }

  @Override
  public Outcome<Optional<InstanceState>> inspect(String id) {
    return instances.inspect(id, (files, spec) -> life(spec).state());
  }

  @Override
  public Outcome<List<String>> ids() {
    return instances.ids();
  }

  private Outcome<InstanceState> living(String id) {
    return inspect(id)
        .then(
            found ->
                found.isPresent() && found.get().pid().isPresent()
                    ? found.get().status() == Status.STARTING
                        ? Outcome.failed(
                            new EngineFailure.WrongState(id, "starting", "running or frozen"))
                        : Outcome.ok(found.get())
                    : Outcome.failed(new EngineFailure.ProcessGone(id)));
  }

  private DmtcpHome home(InstanceSpec spec) {
    return new DmtcpHome(homes.resolve(spec.instance()));
  }

  private DmtcpLife life(InstanceSpec spec) {
    return DmtcpLife.of(tools, spec, instances.files(spec.id()), home(spec));
  }
}
