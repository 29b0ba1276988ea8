package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.CriuOptions.Tcp;
import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.engines.ToolRunner.Call;
import io.dormouse.checkpoint.engines.ToolRunner.Terms;
import io.dormouse.checkpoint.engines.TreeRecord.SavedFile;
import io.dormouse.checkpoint.images.Trees;
import io.dormouse.checkpoint.images.packs.InheritedPages;
import io.dormouse.checkpoint.images.packs.LeftOut;
import io.dormouse.checkpoint.images.packs.LivePages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One dump of a process tree. */
final class TreeDump {
  private final Path criu;
  private final InstantSource clock;
  private final Path image;
  private final DumpOptions options;
  private boolean live;
  private final long startNanos = System.nanoTime();

  TreeDump(Path criu, InstantSource clock, Path image, DumpOptions options) {
    this.criu = criu;
    this.clock = clock;
    this.image = image;
    this.options = options;
    this.live = options.live();
  }

  /** What came of it; {@code held} as long as CRIU holds the processes. */
  record Result(DumpReport report, Optional<HeldDump> held) {}

  /** A dump that CRIU holds, and what of it is in memory only. */
  private record Held(HeldDump dump, LivePages live) {}

  Outcome<Result> run(TreeTarget target) {
    return holdAll(target)
        .then(
            held -> {
              Instant stoppedAt = clock.instant();
              return target
                  .whyNotTheSame()
                  .<Outcome<Done>>map(Outcome::failed)
                  .orElseGet(() -> save(target))
                  .orUndo(failure -> undo(held.dump()))
                  .then(done -> finish(held, stoppedAt));
            })
        .then(
            result ->
                Outcome.ok(
                    new Result(result.report().holdingGpu(target.holdsGpu()), result.held())));
  }

  private Outcome<Done> undo(HeldDump held) {
    return held.undo(options.timeout()).then(result -> Outcome.ok(new Done(result.took())));
  }

  private Path log() {
    return processes().resolve("dump.log");
  }

  private Path processes() {
    return image.resolve(CriuFiles.DIRECTORY);
  }

  private Outcome<Held> holdAll(TreeTarget target) {
    Outcome<Held> held = holdOnce(target);
    if (live
        && held instanceof Outcome.Failed<Held> failed
        && failed.failure() instanceof EngineFailure.Io) {
      EngineErrors.warn("A dump that leaves pages out failed", failed.failure());
      live = false;
      return deleteProcesses().then(done -> holdOnce(target));
    }
    return held;
  }

  private Outcome<Held> holdOnce(TreeTarget target) {
    return hold(target)
        .then(
            held ->
                leftInMemory(held, target)
                    .orUndo(failure -> undo(held))
                    .then(pages -> Outcome.ok(new Held(held, pages))));
  }

  private Outcome<LivePages> leftInMemory(HeldDump held, TreeTarget target) {
    try {
      return Outcome.ok(
          live
              ? LiveMemory.finish(processes(), ProcFs.tree(target.pid()), held::isHeld)
              : LivePages.NONE);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("find what is left in memory", e));
    }
  }

  private Outcome<HeldDump> hold(TreeTarget target) {
    boolean connected = TcpConnections.any(ProcFs.tree(target.pid()));
    Tcp tcp = Tcp.of(options.connections(), connected);
    Outcome<HeldDump> held = hold(target, tcp);
    // It may have connected since; then CRIU says that it was not ready for that.
    return held instanceof Outcome.Failed<HeldDump> && tcp == Tcp.NONE && logNames(Tcp.KEEP)
        ? deleteProcesses().then(done -> hold(target, Tcp.KEEP))
        : held;
  }

  private boolean logNames(Tcp tcp) {
    return Presence.read(log()).orElse("").contains(tcp.option());
  }

  private Outcome<Done> deleteProcesses() {
    try {
      Trees.delete(processes());
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("write the image " + image, e));
    }
  }

  private Outcome<HeldDump> hold(TreeTarget target, Tcp tcp) {
    HeldDump.Post post;
    try {
      Files.createDirectory(processes(), Private.DIRECTORY);
      if (live) {
        LiveMemory.begin(processes(), ProcFs.tree(target.pid()));
      }
      post = HeldDump.Post.open(Path.of(System.getProperty("java.io.tmpdir")));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("write the image " + image, e));
    }
    Call call = new Call("criu dump", command(target, post, tcp), Map.of(), image);
    Terms terms = new Terms(options.timeout(), () -> true, CriuOptions.takeAway(processes()));
    return HeldDump.start(
        call, terms, post, result -> CriuOptions.explain("criu dump", result, log(), image));
  }

  private List<String> command(TreeTarget target, HeldDump.Post post, Tcp tcp) {
    List<String> argv = new ArrayList<>(CriuWrapper.command(criu, target.uid(), target.gid()));
    argv.addAll(List.of("dump", "--tree", Long.toString(target.pid())));
    argv.addAll(List.of("--images-dir", processes().toString(), "--log-file", "dump.log", "-v3"));
    argv.addAll(List.of("--action-script", post.script().toString()));
    argv.addAll(CriuOptions.arguments(tcp));
    if (options.after() == After.KEEP_RUNNING) {
      argv.add("--leave-running");
    }
    if (CriuWrapper.mustDumpAsOwner(target.uid())) {
      argv.add("--unprivileged");
    }
    if (target.isShellJob()) {
      argv.add("--shell-job");
    }
    return argv;
  }

  private Outcome<Done> save(TreeTarget target) {
    List<Long> pids = ProcFs.tree(target.pid());
    try {
      List<SavedFile> files = OpenFiles.save(pids, image, options);
      new TreeRecord(
              TreeRecord.FORMAT_VERSION,
              target.pid(),
              pids,
              target.session(),
              target.uid(),
              target.isShellJob(),
              options.connections(),
              files)
          .write(image);
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("save the open files of pid " + target.pid(), e));
    }
  }

  private Outcome<Result> finish(Held held, Instant stoppedAt) {
    if (options.after() == After.LEAVE_FROZEN) {
      return report(stoppedAt, Optional.empty(), held.live())
          .orUndo(failure -> undo(held.dump()))
          .then(report -> Outcome.ok(new Result(report, Optional.of(held.dump()))));
    }
    return held.dump()
        .complete(options.timeout())
        .then(
            result ->
                result.exitStatus() == 0
                    ? statistics()
                    : Outcome.failed(CriuOptions.explain("criu dump", result, log(), image)))
        .then(statistics -> report(stoppedAt, Optional.of(statistics), held.live()))
        .then(report -> Outcome.ok(new Result(report, Optional.empty())));
  }

  private Outcome<DumpStatistics> statistics() {
    try {
      return Outcome.ok(CriuStats.read(processes()));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("read the statistics of the dump", e));
    }
  }

  private Outcome<DumpReport> report(
      Instant stoppedAt, Optional<DumpStatistics> statistics, LivePages live) {
    Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
    try {
      return Outcome.ok(
          new DumpReport(
              stoppedAt,
              statistics.map(DumpStatistics::frozen).orElse(took),
              took,
              CriuOptions.pageBytes(processes()) + LiveMemory.bytes(live),
              CriuOptions.bytes(image),
              statistics,
              false,
              new LeftOut(InheritedPages.NONE, live)));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("measure the image " + image, e));
    }
  }
}
