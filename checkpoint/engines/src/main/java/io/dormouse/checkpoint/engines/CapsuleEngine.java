package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.engines.telemetry.CgroupSampler;
import io.dormouse.checkpoint.engines.telemetry.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs instances in runc containers and dumps them with CRIU. Needs root. */
public final class CapsuleEngine implements InstanceEngine {
  public static final String NAME = "capsule";

  private final InstanceDirectory instances;
  private final Runc runc;
  private final CapsuleImages images;
  private final Set<Ability> abilities;
  private final Holds<String> holds = new Holds<>();
  private final CgroupSampler sampler = CgroupTree.sampler();

  private CapsuleEngine(
      InstanceDirectory instances, Runc runc, LazyPages lazyPages, CapsuleImages images) {
    this.instances = instances;
    this.runc = runc;
    this.images = images;
    this.abilities = CapsuleStates.abilities(instances, lazyPages, images.tracks());
  }

  /**
   * Opens an engine on its directory, with the instances that are in it; fails while plain
   * processes of {@link SignalsEngine} live there.
   *
   * @param root directory of this engine alone; every directory above must let owners pass (mode x)
   */
  public static Outcome<CapsuleEngine> open(Path root, Toolchain tools, InstantSource clock) {
    return Outcome.attempt(() -> openOnFreezer(root, tools, clock));
  }

  private static Outcome<CapsuleEngine> openOnFreezer(
      Path root, Toolchain tools, InstantSource clock) {
    if (CgroupFreezer.mode() == HostReport.Freezer.NONE) {
      return Outcome.failed(
          new EngineFailure.Unsupported(
              "Freezing", "no freezer cgroup is mounted; mount cgroup2."));
    }
    try {
      InstanceDirectory instances = InstanceDirectory.open(root);
      Runc runc = new Runc(tools, root.toRealPath());
      LazyPages lazyPages = new LazyPages(tools.criu(), root.toRealPath().resolve("bin"));
      CapsuleImages images = new CapsuleImages(runc, lazyPages, tools.tracksMemory(), clock);
      return Residents.noPlainProcesses(instances)
          .then(done -> Outcome.ok(new CapsuleEngine(instances, runc, lazyPages, images)));
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
    return abilities;
  }

  @Override
  public Outcome<InstanceState> start(InstanceSpec spec, Duration timeout) {
    InstanceFiles files = files(spec.id());
    return prepare(spec)
        .then(done -> Layer.create(files, spec))
        .then(
            done -> {
              var limits =
                  new Supervisor.Limits(
                      "runc run",
                      timeout,
                      files.supervisorLog(),
                      CapsuleCgroup.freezer(spec.id())::processes);
              return Supervisor.start(
                  files, runc.run(files, spec.id()), runc.environment(Map.of()), limits);
            })
        .then(pid -> Outcome.ok(CapsuleStates.of(files, spec)))
        .orUndo(
            failure ->
                failure instanceof EngineFailure.WrongState ? null : delete(spec.id(), timeout));
  }

  private Outcome<Done> prepare(InstanceSpec spec) {
    return Outcome.attempt(() -> instances.make(spec))
        .then(files -> CapsuleBundle.prepare(files, spec));
  }

  @Override
  public Outcome<Done> freeze(String id, Duration timeout) {
    return living(id)
        .then(state -> holds.has(id) ? Done.already() : images.endLeftDump(files(id), timeout))
        .then(done -> CapsuleCgroup.freezer(id).freeze(timeout));
  }

  @Override
  public Outcome<Done> thaw(String id, Duration timeout) {
    return living(id)
        .then(state -> undoDump(id, timeout))
        .then(done -> CapsuleCgroup.freezer(id).thaw(timeout));
  }

  /** Also one of an earlier process. */
  private Outcome<Done> undoDump(String id, Duration timeout) {
    return holds.undo(id, timeout).then(done -> images.endLeftDump(files(id), timeout));
  }

  @Override
  public boolean writesOnce(Path file) {
    return CriuFiles.writesOnce(file);
  }

  @Override
  public Outcome<DumpReport> dump(String id, Path imageDirectory, DumpOptions options) {
    return complete(id)
        // The freezer holds it then.
        .then(state -> undoDump(id, options.timeout()).then(done -> Outcome.ok(state)))
        .then(
            state -> {
              boolean wasFrozen = state.status() == Status.FROZEN;
              CgroupFreezer freezer = CapsuleCgroup.freezer(id);
              return images
                  .dump(files(id), state.spec(), freezer, imageDirectory, options)
                  .then(dumped -> afterwards(id, options, dumped))
                  .orUndo(
                      failure ->
                          wasFrozen
                              ? freezer.freeze(options.timeout())
                              : freezer.thaw(options.timeout()));
            });
  }

  private Outcome<DumpReport> afterwards(
      String id, DumpOptions options, CapsuleDump.Dumped dumped) {
    dumped.held().ifPresent(held -> holds.put(id, held));
    Outcome<Done> step =
        switch (options.after()) {
          case STOP -> kill(id, options.timeout());
          case KEEP_RUNNING -> CapsuleCgroup.freezer(id).thaw(options.timeout());
          case LEAVE_FROZEN -> CapsuleCgroup.freezer(id).freeze(options.timeout());
        };
    return step.then(done -> Outcome.ok(dumped.report()));
  }

  @Override
  public Outcome<Optional<byte[]>> tracked(String id) {
    return new TrackedMemory(files(id).tracked()).known();
  }

  @Override
  public Outcome<Done> track(String id, byte[] image) {
    return new TrackedMemory(files(id).tracked()).rely(image);
  }

  @Override
  public Outcome<InstanceState> restoreFrozen(RestoreRequest request) {
    return images
        .specFor(request)
        .then(
            spec -> {
              InstanceFiles files = files(spec.id());
              return prepare(spec)
                  .then(
                      done ->
                          images.restore(files, spec, CapsuleCgroup.freezer(spec.id()), request))
                  .then(pid -> Outcome.ok(CapsuleStates.of(files, spec)))
                  .orUndo(
                      failure ->
                          failure instanceof EngineFailure.WrongState
                              ? null
                              : delete(spec.id(), request.timeout()));
            });
  }

  @Override
  public Outcome<Done> kill(String id, Duration timeout) {
    InstanceFiles files = files(id);
    return killCgroup(id, timeout)
        .then(
            done ->
                Waiting.until(
                        () -> Presence.exists(files.exitStatusFile()) || !Supervisor.isAlive(files),
                        timeout)
                    ? Outcome.ok(done)
                    : Outcome.failed(
                        new EngineFailure.TimedOut(
                            "the end of " + id, timeout, "its supervisor waits still")));
  }

  private Outcome<Done> killCgroup(String id, Duration timeout) {
    return Outcome.attempt(
        () -> {
          // What is frozen does not die; held, it does nothing else either.
          if (holds.has(id) && CapsuleCgroup.freezer(id).thaw(timeout) instanceof Outcome.Ok) {
            holds.end(id, timeout);
          }
          return CapsuleCgroup.freezer(id).kill(timeout);
        });
  }

  @Override
  public Outcome<Done> delete(String id, Duration timeout) {
    InstanceFiles files = files(id);
    long start = System.nanoTime();
    return killCgroup(id, timeout)
        .then(
            done -> {
              LazyPages.end(files);
              Waiting.until(() -> !Supervisor.isAlive(files), Duration.ofSeconds(2));
              Supervisor.kill(files, CapsuleCgroup.freezer(id)::processes);
              // Nothing of it is left that its tools could put right.
              return images.endLeftDump(files, timeout).then(ended -> runc.forget(id));
            })
        .then(
            done -> {
              try {
                new CgroupTree(CapsuleCgroup.path(id)).remove();
                instances.delete(id);
                return Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)));
              } catch (IOException e) {
                return Outcome.failed(EngineErrors.io("delete capsule " + id, e));
              }
            });
  }

  /**
   * Removes the cgroup above all capsules, if no capsule of any engine is left on the host. For
   * shutdown.
   */
  public Outcome<Done> removeSharedCgroup() {
    return CapsuleCgroup.removeShared();
  }

  @Override
  public Outcome<Usage> usage(String id) {
    return sampler
        .sample(CapsuleCgroup.path(id))
        .<Outcome<Usage>>map(Outcome::ok)
        .orElseGet(() -> Outcome.failed(new EngineFailure.ProcessGone(id)));
  }

  @Override
  public Outcome<Pages> pages(String id) {
    return Outcome.attempt(() -> Outcome.ok(LazyPages.of(files(id))));
  }

  @Override
  public Outcome<InstanceData> data(String id) {
    return complete(id)
        .then(
            state ->
                Outcome.ok(
                    new InstanceData(
                        id,
                        files(id).layer(),
                        InstanceFiles.DATA_DIRECTORIES,
                        CapsuleCgroup.freezer(id).processes())));
  }

  @Override
  public Outcome<Optional<InstanceState>> inspect(String id) {
    return instances.inspect(id, CapsuleStates::of);
  }

  @Override
  public Outcome<List<String>> ended() {
    return instances.ended();
  }

  @Override
  public Outcome<List<String>> ids() {
    return instances.ids();
  }

  private Outcome<InstanceState> living(String id) {
    return inspect(id).then(found -> CapsuleStates.orWhyNotLiving(id, found));
  }

  private Outcome<InstanceState> complete(String id) {
    return living(id)
        .then(state -> pages(id).then(pages -> CapsuleStates.orWhyNotComplete(state, pages)));
  }

  private InstanceFiles files(String id) {
    return instances.files(id);
  }
}
