package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.CriuOptions.Tcp;
import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.images.packs.InheritedPages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One dump of a capsule into an image; see {@link CapsuleImages} for what is in that. */
final class CapsuleDump {
  private static final String CONFIG_AS_OWNER = "unprivileged\n";

  private final Runc runc;
  private final InstantSource clock;
  private final InstanceFiles files;
  private final InstanceSpec spec;
  private final CgroupFreezer freezer;
  private final Path image;
  private final DumpOptions options;
  private final MemoryTracking tracking;
  private final long startNanos = System.nanoTime();

  CapsuleDump(
      Runc runc,
      boolean tracks,
      InstantSource clock,
      InstanceFiles files,
      InstanceSpec spec,
      CgroupFreezer freezer,
      Path image,
      DumpOptions options) {
    this.runc = runc;
    this.clock = clock;
    this.files = files;
    this.spec = spec;
    this.freezer = freezer;
    this.image = image;
    this.options = options;
    this.tracking = new MemoryTracking(tracks, files, options);
  }

  /** What came of a dump; {@code held} as long as CRIU holds the processes. */
  record Dumped(DumpReport report, Optional<HeldDump> held) {}

  /** Freezes and writes the image; frozen after success, undefined after failure. */
  Outcome<Dumped> run() {
    return freezer
        .freeze(options.timeout())
        .then(done -> CapsuleChecks.refuseOutsideFiles(freezer.processes(), spec.id()))
        .then(
            done -> GpuUse.savable(spec.id(), freezer.processes(), () -> GpuProbe.of(runc.criu())))
        .then(gpu -> tracking.begin().then(done -> dump()).then(dumped -> holding(dumped, gpu)));
  }

  private Outcome<Dumped> dump() {
    Instant stoppedAt = clock.instant();
    return dumpProcesses()
        .then(written -> complete(written, stoppedAt).orUndo(failure -> undo(written)));
  }

  private static Outcome<Dumped> holding(Dumped dumped, boolean gpu) {
    return Outcome.ok(new Dumped(dumped.report().holdingGpu(gpu), dumped.held()));
  }

  private Outcome<Dumped> complete(Written written, Instant stoppedAt) {
    return freezer
        .freeze(options.timeout())
        .then(again -> Layer.pack(files.layer(), layer(), options.timeout()))
        .then(packed -> tracking.finish(processes(), freezer.processes()))
        .then(inherited -> finish(written, inherited, stoppedAt));
  }

  private @Nullable Outcome<Done> undo(Written written) {
    return written.held().isEmpty()
        ? null
        : written
            .held()
            .get()
            .undo(options.timeout())
            .then(result -> Outcome.ok(new Done(result.took())));
  }

  private record Written(Optional<DumpStatistics> statistics, Optional<HeldDump> held) {}

  /** What comes of leaving pages out decides nothing: without, it may work. */
  private Outcome<Written> dumpProcesses() {
    Outcome<Written> written = dumpOnce();
    if (tracking.inherits()
        && written instanceof Outcome.Failed<Written> failed
        && failed.failure() instanceof EngineFailure.ToolFailed) {
      EngineErrors.warn("A dump of what changed failed", failed.failure());
      return tracking.giveUp(processes()).then(done -> dumpOnce());
    }
    return written;
  }

  private Outcome<Written> dumpOnce() {
    Tcp tcp = Tcp.of(options.connections(), TcpConnections.any(freezer.processes()));
    // Only while CRIU holds them can they end without a word to the other ends.
    boolean hold = tcp == Tcp.KEEP && options.after() != After.KEEP_RUNNING;
    String config = CriuOptions.configuration(tcp) + tracking.configuration();
    if (CriuWrapper.mustDumpAsOwner(spec.ownerUid())) {
      config += CONFIG_AS_OWNER;
    }
    try {
      Files.createDirectory(processes(), Private.DIRECTORY);
      EngineErrors.deleteQuietly(log());
      if (!hold) {
        Files.writeString(files.criuConfig(), config);
        return checkpoint(tcp);
      }
      return hold(config);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("write the image " + image, e));
    }
  }

  private Outcome<Written> hold(String config) throws IOException {
    HeldDump.Post post = HeldDump.Post.open(files.toolWork());
    try {
      Files.writeString(
          files.criuConfig(), config + "action-script \"%s\"\n".formatted(post.script()));
    } catch (IOException e) {
      post.close();
      throw e;
    }
    return HeldDump.start(
            runc.checkpoint(files, spec, processes(), Tcp.KEEP, false),
            terms(),
            post,
            this::explain)
        .then(held -> Outcome.ok(new Written(Optional.empty(), Optional.of(held))));
  }

  private ToolRunner.Terms terms() {
    return new ToolRunner.Terms(
        options.timeout(),
        () -> files.pid().stream().anyMatch(ProcFs::isAlive),
        CriuOptions.takeAway(processes()));
  }

  private EngineFailure explain(ToolRunner.Result result) {
    return CriuOptions.explain("runc checkpoint", result, log(), image);
  }

  private Outcome<Written> checkpoint(Tcp tcp) {
    return ToolRunner.run(runc.checkpoint(files, spec, processes(), tcp, true), terms())
        .then(
            result -> {
              if (result.exitStatus() != 0) {
                return Outcome.failed(explain(result));
              }
              try {
                return Outcome.ok(new Written(Optional.of(statistics()), Optional.empty()));
              } catch (IOException e) {
                return Outcome.failed(EngineErrors.io("read the statistics of the dump", e));
              }
            });
  }

  // CRIU writes its statistics beside its log, not beside the image.
  private DumpStatistics statistics() throws IOException {
    return CriuStats.read(
        Files.exists(processes().resolve("stats-dump")) ? processes() : files.toolWork());
  }

  private Outcome<Dumped> finish(Written written, InheritedPages inherited, Instant stoppedAt) {
    try {
      SpecJson.write(Files.createFile(image.resolve(CapsuleImages.SPEC), Private.FILE), spec);
      Files.writeString(
          Files.createFile(image.resolve(CapsuleImages.CONNECTIONS), Private.FILE),
          options.connections().name());
      Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
      DumpReport report =
          new DumpReport(
              stoppedAt,
              written.statistics().map(DumpStatistics::frozen).orElse(took),
              took,
              CriuOptions.pageBytes(processes()) + inherited.pages() * CriuPagemap.PAGE_BYTES,
              CriuOptions.bytes(image),
              written.statistics(),
              false,
              inherited);
      return Outcome.ok(new Dumped(report, written.held()));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("write the image " + image, e));
    }
  }

  private Path processes() {
    return image.resolve(CriuFiles.DIRECTORY);
  }

  private Path layer() {
    return image.resolve(CapsuleImages.LAYER);
  }

  private Path log() {
    return files.toolWork().resolve("dump.log");
  }
}
