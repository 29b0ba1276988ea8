package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.CriuOptions.Tcp;
import io.dormouse.checkpoint.engines.DumpOptions.Connections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * Capsule to image and back. An image holds {@code capsule.json} (the spec), {@code layer.tar} and
 * {@code criu/}.
 */
final class CapsuleImages {
  static final String SPEC = "capsule.json";
  static final String LAYER = "layer.tar";
  static final String CONNECTIONS = "connections";

  private static final String CONFIG_RESTORE = "leave-stopped\n";

  private final Runc runc;
  private final LazyPages lazyPages;
  private final boolean tracks;
  private final InstantSource clock;

  /**
   * Ready to be used.
   *
   * @param tracks whether CRIU can track memory
   */
  CapsuleImages(Runc runc, LazyPages lazyPages, boolean tracks, InstantSource clock) {
    this.runc = runc;
    this.lazyPages = lazyPages;
    this.tracks = tracks;
    this.clock = clock;
  }

  /** Whether a dump can leave out what did not change. */
  boolean tracks() {
    return tracks;
  }

  /** See {@link CapsuleDump}. */
  Outcome<CapsuleDump.Dumped> dump(
      InstanceFiles files,
      InstanceSpec spec,
      CgroupFreezer freezer,
      Path image,
      DumpOptions options) {
    return new CapsuleDump(runc, tracks, clock, files, spec, freezer, image, options).run();
  }

  /** See {@link LeftDump}. */
  Outcome<Done> endLeftDump(InstanceFiles files, Duration timeout) {
    return new LeftDump(files, clock).end(timeout);
  }

  /** The image's spec as a new life of it, if the request may have it. */
  Outcome<InstanceSpec> specFor(RestoreRequest request) {
    return request.newLife(SPEC);
  }

  /**
   * Restores into prepared files: stopped by CRIU before its first instruction, then put into the
   * freezer.
   */
  Outcome<Long> restore(
      InstanceFiles files, InstanceSpec spec, CgroupFreezer freezer, RestoreRequest request) {
    Outcome<Done> started =
        request.lazy()
            ? lazyPages.start(files, processes(request), freezer)
            : Outcome.ok(new Done(Duration.ZERO));
    return started.then(done -> unpackAndRestore(files, spec, freezer, request));
  }

  private Outcome<Long> unpackAndRestore(
      InstanceFiles files, InstanceSpec spec, CgroupFreezer freezer, RestoreRequest request) {
    return Layer.unpack(request.image().resolve(LAYER), files.layer(), request.timeout())
        .then(done -> restoreProcesses(files, spec, freezer, request))
        .then(
            pid ->
                freezer
                    .freeze(request.timeout())
                    .then(done -> awaitHeld(files, request))
                    .then(done -> release(files, freezer, pid))
                    .then(frozen -> track(files, freezer, request, frozen)));
  }

  private Outcome<Long> restoreProcesses(
      InstanceFiles files, InstanceSpec spec, CgroupFreezer freezer, RestoreRequest request) {
    Connections connections;
    try {
      connections = connections(request.image());
      Files.writeString(
          files.criuConfig(),
          CriuOptions.configuration(Tcp.of(connections, true))
              + CONFIG_RESTORE
              + (request.lazy() ? LazyPages.OPTION + "\n" : ""));
      Files.createFile(files.restoringMark());
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("prepare the restore of " + spec.id(), e));
    }
    List<String> command = runc.restore(files, spec.id(), processes(request), connections);
    var limits =
        new Supervisor.Limits(
            "runc restore",
            request.timeout(),
            files.toolWork().resolve("restore.log"),
            freezer::processes);
    Outcome<Done> served =
        request.lazy()
            ? LazyPages.awaitServer(files, request.timeout())
            : Outcome.ok(new Done(Duration.ZERO));
    return served.then(
        done -> Supervisor.start(files, command, runc.environment(Map.of()), limits));
  }

  private static Outcome<Done> awaitHeld(InstanceFiles files, RestoreRequest request) {
    return request.lazy()
        ? LazyPages.awaitHeld(files, request.timeout())
        : Outcome.ok(new Done(Duration.ZERO));
  }

  // What can't be tracked is dumped as a whole.
  private Outcome<Long> track(
      InstanceFiles files, CgroupFreezer freezer, RestoreRequest request, long pid) {
    if (tracks && !request.lazy()) {
      try {
        new TrackedMemory(files.tracked()).beginRestored(processes(request), freezer.processes());
      } catch (IOException e) {
        EngineErrors.warn(
            "Memory is not tracked", EngineErrors.io("track " + request.instance(), e));
      }
    }
    return Outcome.ok(pid);
  }

  private static Path processes(RestoreRequest request) {
    return request.image().resolve(CriuFiles.DIRECTORY);
  }

  private static Connections connections(Path image) throws IOException {
    String name = Presence.read(image.resolve(CONNECTIONS)).orElse(Connections.KEEP.name());
    try {
      return Connections.valueOf(name.strip());
    } catch (IllegalArgumentException e) {
      throw new IOException("the image says nothing known of connections: " + name, e);
    }
  }

  // Frozen, the stop signal is no longer what holds it, so that one thaw is all it takes.
  private static Outcome<Long> release(InstanceFiles files, CgroupFreezer freezer, long pid) {
    try {
      Signals.resume(freezer.processes());
      Files.delete(files.restoringMark());
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("hand the stop over to the freezer", e));
    }
    return freezer.isFrozen()
        ? Outcome.ok(pid)
        : Outcome.failed(new EngineFailure.WrongState(Long.toString(pid), "not frozen", "frozen"));
  }
}
