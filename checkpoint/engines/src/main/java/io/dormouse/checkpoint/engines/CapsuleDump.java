package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.CriuOptions.Tcp;
import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.images.packs.InheritedPages;
import io.dormouse.checkpoint.images.packs.LeftOut;
import io.dormouse.checkpoint.images.packs.LivePages;
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
  private boolean live;
  private final LeftDump left;
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
    this.live = options.live();
    this.left = new LeftDump(files, clock);
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
    return written.held().map(this::undo).orElse(null);
  }

  private Outcome<Done> undo(HeldDump held) {
    return held.undo(options.timeout()).then(result -> Outcome.ok(new Done(result.took())));
  }

  private record Written(
      Optional<DumpStatistics> statistics, Optional<HeldDump> held, LivePages live) {}

  /** What comes of leaving pages out decides nothing: without, it may work. */
  private Outcome<Written> dumpProcesses() {
    // Little is written then anyway.
    live &= !tracking.inherits();
    Outcome<Written> written = dumpOnce();
    if ((live || tracking.inherits())
        && written instanceof Outcome.Failed<Written> failed
        && (failed.failure() instanceof EngineFailure.ToolFailed
            || failed.failure() instanceof EngineFailure.Io)) {
      EngineErrors.warn("A dump that leaves pages out failed", failed.failure());
      live = false;
      return tracking.giveUp(processes()).then(done -> dumpOnce());
    }
    return written;
  }

  private Outcome<Written> dumpOnce() {
    Tcp tcp = Tcp.of(options.connections(), TcpConnections.any(freezer.processes()));
    // Only while CRIU holds them can they end without a word to the other ends.
    boolean hold = live || (tcp == Tcp.KEEP && options.after() != After.KEEP_RUNNING);
    String config = CriuOptions.configuration(tcp) + tracking.configuration();
    if (CriuWrapper.mustDumpAsOwner(spec.ownerUid())) {
      config += CONFIG_AS_OWNER;
    }
    try {
      Files.createDirectory(processes(), Private.DIRECTORY);
      EngineErrors.deleteQuietly(log());
      left.begin(processes(), options.timeout());
      if (!hold) {
        Files.writeString(files.criuConfig(), config);
        Outcome<Written> written = checkpoint(tcp);
        left.over();
        return written;
      }
      return hold(tcp, config);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("write the image " + image, e));
    }
  }

  private Outcome<Written> hold(Tcp tcp, String config) throws IOException {
    if (live) {
      LiveMemory.begin(processes(), freezer.processes());
    }
    HeldDump.Post post = HeldDump.Post.open(files.toolWork());
    try {
      Files.writeString(
          files.criuConfig(), config + "action-script \"%s\"\n".formatted(post.script()));
    } catch (IOException e) {
      post.close();
      throw e;
    }
    return HeldDump.start(
            runc.checkpoint(files, spec, processes(), tcp, false), terms(), post, this::explain)
        .then(
            held ->
                leftInMemory(held)
                    .orUndo(failure -> undo(held))
                    .then(
                        pages ->
                            Outcome.ok(new Written(Optional.empty(), Optional.of(held), pages))));
  }

  private Outcome<LivePages> leftInMemory(HeldDump held) {
    try {
      return Outcome.ok(
          live
              ? LiveMemory.finish(
                  processes(), freezer.processes(), () -> held.isHeld() && freezer.isFrozen())
              : LivePages.NONE);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("find what is left in memory", e));
    }
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
                return Outcome.ok(
                    new Written(Optional.of(statistics()), Optional.empty(), LivePages.NONE));
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
              CriuOptions.pageBytes(processes())
                  + LiveMemory.bytes(written.live())
                  + inherited.pages() * CriuPagemap.PAGE_BYTES,
              CriuOptions.bytes(image),
              written.statistics(),
              false,
              new LeftOut(inherited, written.live()));
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
