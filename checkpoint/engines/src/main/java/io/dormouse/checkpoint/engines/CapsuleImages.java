package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.CriuOptions.Tcp;
import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.engines.DumpOptions.Connections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Capsule to image and back. An image holds {@code capsule.json} (the spec), {@code layer.tar} and
 * {@code criu/}.
 */
final class CapsuleImages {
  private static final String SPEC = "capsule.json";
  private static final String LAYER = "layer.tar";

  private static final String CONNECTIONS = "connections";

  private static final String CONFIG_AS_OWNER = "unprivileged\n";
  private static final String CONFIG_RESTORE = "leave-stopped\n";

  private final Runc runc;
  private final LazyPages lazyPages;
  private final InstantSource clock;

  CapsuleImages(Runc runc, LazyPages lazyPages, InstantSource clock) {
    this.runc = runc;
    this.lazyPages = lazyPages;
    this.clock = clock;
  }

  /** What came of a dump; {@code held} as long as CRIU holds the processes. */
  record Dumped(DumpReport report, Optional<HeldDump> held) {
    private Dumped holdingGpu(boolean holds) {
      return new Dumped(report.holdingGpu(holds), held);
    }
  }

  /** Freezes and writes the image; frozen after success, undefined after failure. */
  Outcome<Dumped> dump(
      InstanceFiles files,
      InstanceSpec spec,
      CgroupFreezer freezer,
      Path image,
      DumpOptions options) {
    long start = System.nanoTime();
    return freezer
        .freeze(options.timeout())
        .then(done -> CapsuleChecks.refuseOutsideFiles(freezer.processes(), spec.id()))
        .then(
            done -> GpuUse.savable(spec.id(), freezer.processes(), () -> GpuProbe.of(runc.criu())))
        .then(
            gpu -> {
              Instant stoppedAt = clock.instant();
              return dumpProcesses(files, spec, freezer, image, options)
                  .then(
                      written ->
                          freezer
                              .freeze(options.timeout())
                              .then(
                                  again ->
                                      Layer.pack(
                                          files.layer(), image.resolve(LAYER), options.timeout()))
                              .then(
                                  packed -> finish(spec, image, options, written, stoppedAt, start))
                              .orUndo(failure -> undo(written, options)))
                  .then(dumped -> Outcome.ok(dumped.holdingGpu(gpu)));
            });
  }

  private static @Nullable Outcome<Done> undo(Written written, DumpOptions options) {
    return written.held().isEmpty()
        ? null
        : written
            .held()
            .get()
            .undo(options.timeout())
            .then(result -> Outcome.ok(new Done(result.took())));
  }

  private record Written(Optional<DumpStatistics> statistics, Optional<HeldDump> held) {}

  private Outcome<Written> dumpProcesses(
      InstanceFiles files,
      InstanceSpec spec,
      CgroupFreezer freezer,
      Path image,
      DumpOptions options) {
    Path processes = image.resolve(CriuFiles.DIRECTORY);
    Tcp tcp = Tcp.of(options.connections(), TcpConnections.any(freezer.processes()));
    // Only while CRIU holds them can they end without a word to the other ends.
    boolean hold = tcp == Tcp.KEEP && options.after() != After.KEEP_RUNNING;
    String config = CriuOptions.configuration(tcp);
    if (CriuWrapper.mustDumpAsOwner(spec.ownerUid())) {
      config += CONFIG_AS_OWNER;
    }
    try {
      Files.createDirectory(processes, Private.DIRECTORY);
      EngineErrors.deleteQuietly(dumpLog(files));
      if (!hold) {
        Files.writeString(files.criuConfig(), config);
        return checkpoint(files, spec, image, options, tcp);
      }
      return hold(files, spec, image, options, config);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("write the image " + image, e));
    }
  }

  private Outcome<Written> hold(
      InstanceFiles files, InstanceSpec spec, Path image, DumpOptions options, String config)
      throws IOException {
    Path processes = image.resolve(CriuFiles.DIRECTORY);
    HeldDump.Post post = HeldDump.Post.open(files.toolWork());
    try {
      Files.writeString(
          files.criuConfig(), config + "action-script \"%s\"\n".formatted(post.script()));
    } catch (IOException e) {
      post.close();
      throw e;
    }
    return HeldDump.start(
            runc.checkpoint(files, spec, processes, Tcp.KEEP, false),
            terms(files, processes, options),
            post,
            result -> explain(files, image, result))
        .then(held -> Outcome.ok(new Written(Optional.empty(), Optional.of(held))));
  }

  private static ToolRunner.Terms terms(InstanceFiles files, Path processes, DumpOptions options) {
    return new ToolRunner.Terms(
        options.timeout(),
        () -> files.pid().stream().anyMatch(ProcFs::isAlive),
        CriuOptions.takeAway(processes));
  }

  private static EngineFailure explain(InstanceFiles files, Path image, ToolRunner.Result result) {
    return CriuOptions.explain("runc checkpoint", result, dumpLog(files), image);
  }

  private Outcome<Written> checkpoint(
      InstanceFiles files, InstanceSpec spec, Path image, DumpOptions options, Tcp tcp) {
    Path processes = image.resolve(CriuFiles.DIRECTORY);
    return ToolRunner.run(
            runc.checkpoint(files, spec, processes, tcp, true), terms(files, processes, options))
        .then(
            result -> {
              if (result.exitStatus() != 0) {
                return Outcome.failed(explain(files, image, result));
              }
              try {
                return Outcome.ok(
                    new Written(Optional.of(statistics(files, processes)), Optional.empty()));
              } catch (IOException e) {
                return Outcome.failed(EngineErrors.io("read the statistics of the dump", e));
              }
            });
  }

  // CRIU writes its statistics beside its log, not beside the image.
  private static DumpStatistics statistics(InstanceFiles files, Path processes) throws IOException {
    return CriuStats.read(
        Files.exists(processes.resolve("stats-dump")) ? processes : files.toolWork());
  }

  private static Outcome<Dumped> finish(
      InstanceSpec spec,
      Path image,
      DumpOptions options,
      Written written,
      Instant stoppedAt,
      long start) {
    try {
      SpecJson.write(Files.createFile(image.resolve(SPEC), Private.FILE), spec);
      Files.writeString(
          Files.createFile(image.resolve(CONNECTIONS), Private.FILE), options.connections().name());
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      return Outcome.ok(
          new Dumped(
              new DumpReport(
                  stoppedAt,
                  written.statistics().map(DumpStatistics::frozen).orElse(took),
                  took,
                  CriuOptions.pageBytes(image.resolve(CriuFiles.DIRECTORY)),
                  CriuOptions.bytes(image),
                  written.statistics(),
                  false),
              written.held()));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("write the image " + image, e));
    }
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
                    .then(done -> release(files, freezer, pid)));
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

  private static Path dumpLog(InstanceFiles files) {
    return files.toolWork().resolve("dump.log");
  }
}
