package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Capsule to image and back. An image holds {@code capsule.json} (the spec), {@code layer.tar} and
 * {@code criu/}.
 */
final class CapsuleImages {
  private static final String SPEC = "capsule.json";
  private static final String LAYER = "layer.tar";

  // The capsule's cgroup is runc's business, under another name in each life.
  private static final String CONFIG_COMMON = "network-lock nftables\nmanage-cgroups=ignore\n";
  private static final String CONFIG_AS_OWNER = "unprivileged\n";
  private static final String CONFIG_RESTORE = "leave-stopped\n";
  private static final long PAGE_BYTES = 4096;

  private final Runc runc;
  private final InstantSource clock;

  CapsuleImages(Runc runc, InstantSource clock) {
    this.runc = runc;
    this.clock = clock;
  }

  /** Freezes and writes the image; frozen after success, undefined after failure. */
  Outcome<DumpReport> dump(
      InstanceFiles files,
      InstanceSpec spec,
      CgroupFreezer freezer,
      Path image,
      DumpOptions options) {
    long start = System.nanoTime();
    return freezer
        .freeze(options.timeout())
        .then(
            done -> {
              Instant stoppedAt = clock.instant();
              return dumpProcesses(files, spec, image, options)
                  .then(
                      stats ->
                          freezer
                              .freeze(options.timeout())
                              .then(
                                  again ->
                                      Layer.pack(
                                          files.layer(), image.resolve(LAYER), options.timeout()))
                              .then(packed -> finish(spec, image, stats, stoppedAt, start)));
            });
  }

  private Outcome<CriuStats> dumpProcesses(
      InstanceFiles files, InstanceSpec spec, Path image, DumpOptions options) {
    Path processes = image.resolve(CriuFiles.DIRECTORY);
    try {
      Files.createDirectory(processes, Private.DIRECTORY);
      boolean asOwner = CriuWrapper.mustDumpAsOwner(spec.ownerUid());
      Files.writeString(files.criuConfig(), CONFIG_COMMON + (asOwner ? CONFIG_AS_OWNER : ""));
      EngineErrors.deleteQuietly(dumpLog(files));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("write the image " + image, e));
    }
    return runc.checkpoint(files, spec, processes, options)
        .then(
            result -> {
              if (result.exitStatus() != 0) {
                String log = (LogExcerpt.of(dumpLog(files)) + "\n" + result.output()).strip();
                return Outcome.failed(
                    LogExcerpt.classify("runc checkpoint", result.exitStatus(), image, log));
              }
              try {
                return Outcome.ok(statistics(files, processes));
              } catch (IOException e) {
                return Outcome.failed(EngineErrors.io("read the statistics of the dump", e));
              }
            });
  }

  // CRIU writes its statistics beside its log, not beside the image.
  private static CriuStats statistics(InstanceFiles files, Path processes) throws IOException {
    return CriuStats.read(
        Files.exists(processes.resolve("stats-dump")) ? processes : files.toolWork());
  }

  private static Outcome<DumpReport> finish(
      InstanceSpec spec, Path image, CriuStats stats, Instant stoppedAt, long start) {
    try {
      SpecJson.write(Files.createFile(image.resolve(SPEC), Private.FILE), spec);
      return Outcome.ok(
          new DumpReport(
              stoppedAt,
              stats.frozen(),
              Duration.ofNanos(System.nanoTime() - start),
              stats.pagesWritten() * PAGE_BYTES,
              bytes(image)));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("write the image " + image, e));
    }
  }

  static long bytes(Path directory) throws IOException {
    long bytes = 0;
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  /** The image's spec as a new life of it, if the request may have it. */
  Outcome<InstanceSpec> specFor(RestoreRequest request) {
    InstanceSpec old;
    try {
      old = SpecJson.read(request.image().resolve(SPEC));
    } catch (IOException e) {
      return Outcome.failed(
          new EngineFailure.BadImage(request.image(), String.valueOf(e.getMessage())));
    }
    if (old.ownerUid() != request.ownerUid() || !old.instance().equals(request.instance())) {
      return Outcome.failed(
          new EngineFailure.BadImage(
              request.image(),
              "it is instance %s of uid %d, asked for was %s of uid %d"
                  .formatted(
                      old.instance(), old.ownerUid(), request.instance(), request.ownerUid())));
    }
    return Outcome.ok(
        new InstanceSpec(
            old.instance(),
            request.generation(),
            old.ownerUid(),
            old.ownerGid(),
            old.argv(),
            old.environment(),
            request.memoryLimitBytes(),
            old.readOnlyPaths()));
  }

  /**
   * Restores into prepared files: stopped by CRIU before its first instruction, then put into the
   * freezer.
   */
  Outcome<Long> restore(
      InstanceFiles files, InstanceSpec spec, CgroupFreezer freezer, RestoreRequest request) {
    return Layer.unpack(request.image().resolve(LAYER), files.layer(), request.timeout())
        .then(done -> restoreProcesses(files, spec, freezer, request))
        .then(pid -> freezer.freeze(request.timeout()).then(done -> release(files, freezer, pid)));
  }

  private Outcome<Long> restoreProcesses(
      InstanceFiles files, InstanceSpec spec, CgroupFreezer freezer, RestoreRequest request) {
    try {
      Files.writeString(files.criuConfig(), CONFIG_COMMON + CONFIG_RESTORE);
      Files.createFile(files.restoringMark());
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("prepare the restore of " + spec.id(), e));
    }
    List<String> command =
        runc.restore(files, spec.id(), request.image().resolve(CriuFiles.DIRECTORY));
    var limits =
        new Supervisor.Limits(
            "runc restore",
            request.timeout(),
            files.toolWork().resolve("restore.log"),
            freezer::processes);
    return Supervisor.start(files, command, runc.environment(Map.of()), limits);
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
