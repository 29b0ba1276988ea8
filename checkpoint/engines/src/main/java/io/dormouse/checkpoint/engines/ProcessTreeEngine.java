package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.TreeRecord.SavedFile;
import io.dormouse.checkpoint.images.Trees;
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
import java.util.Set;

/**
 * Dumps a process and all below it as they are, outside of any capsule, by pid. The regular files
 * that they hold open for writing are taken into the image at the same stop. Restored, the
 * processes have their old pids.
 */
public final class ProcessTreeEngine implements CheckpointEngine<Long> {
  public static final String NAME = "process-tree";
  private static final long PAGE_BYTES = 4096;
  private static final Duration PIDS_FREE_WAIT = Duration.ofSeconds(5);

  private final Path criu;
  private final InstantSource clock;

  public ProcessTreeEngine(Path criu, InstantSource clock) {
    this.criu = criu;
    this.clock = clock;
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
  public Outcome<Done> freeze(Long pid, Duration timeout) {
    return ProcessTree.stop(pid, timeout);
  }

  @Override
  public Outcome<Done> thaw(Long pid, Duration timeout) {
    return ProcessTree.resume(pid);
  }

  @Override
  public Outcome<Done> kill(Long pid, Duration timeout) {
    return ProcessTree.kill(pid, timeout);
  }

  @Override
  public boolean writesOnce(Path file) {
    return CriuFiles.writesOnce(file);
  }

  @Override
  public Outcome<DumpReport> dump(Long pid, Path image, DumpOptions options) {
    return Outcome.attempt(() -> dumpTree(pid, image, options));
  }

  private Outcome<DumpReport> dumpTree(Long pid, Path image, DumpOptions options) {
    var stat = ProcFs.stat(pid);
    var uid = ProcFs.uid(pid);
    if (stat.isEmpty() || uid.isEmpty() || stat.get().isZombie()) {
      return Outcome.failed(new EngineFailure.ProcessGone("pid " + pid));
    }
    boolean wasStopped = stat.get().state() == 'T';
    List<Long> tree = ProcFs.tree(pid);
    Optional<String> terminal = OpenFiles.foreignTerminal(tree);
    if (terminal.isPresent()) {
      return Outcome.failed(onTerminal(pid, terminal.get()));
    }
    boolean shellJob = !tree.contains(stat.get().session());
    long start = System.nanoTime();
    return criuDump(pid, image, options, shellJob)
        .then(
            stats ->
                afterDump(
                    new Dumped(pid, stat.get().session(), uid.get(), shellJob, stats, start),
                    image,
                    options))
        .orUndo(failure -> wasStopped || !ProcFs.isAlive(pid) ? null : ProcessTree.resume(pid));
  }

  private static EngineFailure onTerminal(long pid, String terminal) {
    return new EngineFailure.Unsupported(
        "Dumping pid %d, which has the terminal %s open,".formatted(pid, terminal),
        "start it without one: setsid PROGRAM </dev/null >LOG 2>&1. A terminal can't be brought back yet.");
  }

  private record Dumped(
      long pid, long session, long uid, boolean shellJob, CriuStats stats, long startNanos) {}

  private Outcome<CriuStats> criuDump(long pid, Path image, DumpOptions options, boolean shellJob) {
    Path processes = image.resolve(CriuFiles.DIRECTORY);
    long uid = ProcFs.uid(pid).orElse(0L);
    long gid = ProcFs.gid(pid).orElse(0L);
    try {
      Files.createDirectory(processes, Private.DIRECTORY);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("write the image " + image, e));
    }
    List<String> argv = new ArrayList<>(CriuWrapper.command(criu, uid, gid));
    argv.addAll(List.of("dump", "--tree", Long.toString(pid), "--leave-stopped"));
    if (CriuWrapper.mustDumpAsOwner(uid)) {
      argv.add("--unprivileged");
    }
    argv.addAll(common(processes, "dump.log", shellJob));
    return criu("criu dump", argv, image, options.timeout())
        .then(
            done -> {
              try {
                return Outcome.ok(CriuStats.read(processes));
              } catch (IOException e) {
                return Outcome.failed(EngineErrors.io("read the statistics of the dump", e));
              }
            });
  }

  private Outcome<DumpReport> afterDump(Dumped dumped, Path image, DumpOptions options) {
    Instant stoppedAt = clock.instant();
    List<Long> pids = ProcFs.tree(dumped.pid());
    DumpReport report;
    try {
      List<SavedFile> files = OpenFiles.save(pids, image);
      new TreeRecord(
              TreeRecord.FORMAT_VERSION,
              dumped.pid(),
              pids,
              dumped.session(),
              dumped.uid(),
              dumped.shellJob(),
              files)
          .write(image);
      report =
          new DumpReport(
              stoppedAt,
              dumped.stats().frozen(),
              Duration.ofNanos(System.nanoTime() - dumped.startNanos()),
              dumped.stats().pagesWritten() * PAGE_BYTES,
              CapsuleImages.bytes(image));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("save the open files of pid " + dumped.pid(), e));
    }
    Outcome<Done> step =
        switch (options.after()) {
          case STOP -> ProcessTree.kill(dumped.pid(), options.timeout());
          case KEEP_RUNNING -> ProcessTree.resume(dumped.pid());
          case LEAVE_FROZEN -> Outcome.ok(new Done(Duration.ZERO));
        };
    return step.then(done -> Outcome.ok(report));
  }

  /**
   * Brings a tree back under its old pids; it runs at once. Files that it had open for writing get
   * their content of the dump; what was found there is moved aside. After a failure the files are
   * as they were found and nothing runs.
   */
  public Outcome<RestoredTree> restore(Path image, Duration timeout) {
    return Outcome.attempt(() -> restoreTree(image, timeout));
  }

  private Outcome<RestoredTree> restoreTree(Path image, Duration timeout) {
    long start = System.nanoTime();
    TreeRecord tree;
    try {
      tree = TreeRecord.read(image);
    } catch (IOException | IllegalArgumentException e) {
      return Outcome.failed(new EngineFailure.BadImage(image, String.valueOf(e.getMessage())));
    }
    for (long pid : tree.pids()) {
      if (ProcFs.isAlive(pid)) {
        return Outcome.failed(new EngineFailure.PidInUse(pid));
      }
    }
    // A pid and a session stay taken while zombies wait for their parent.
    Waiting.until(
        () -> tree.pids().stream().allMatch(p -> ProcFs.stat(p).isEmpty()), PIDS_FREE_WAIT);
    SavedFiles files = new SavedFiles(image, clock);
    return files
        .place(tree.files())
        .then(done -> criuRestore(tree, image, timeout))
        .then(
            done ->
                Outcome.ok(
                    new RestoredTree(
                        tree.pid(),
                        files.movedAside(),
                        Duration.ofNanos(System.nanoTime() - start))))
        .orUndo(failure -> files.undo());
  }

  private Outcome<Done> criuRestore(TreeRecord tree, Path image, Duration timeout) {
    Path processes = image.resolve(CriuFiles.DIRECTORY);
    Path work;
    try {
      work = Files.createTempDirectory("dormouse-restore");
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("make a directory for the log", e));
    }
    List<String> argv =
        new ArrayList<>(
            List.of(
                criu.toString(), "restore", "--restore-detached", "--work-dir", work.toString()));
    argv.addAll(common(processes, "restore.log", tree.shellJob()));
    Outcome<Done> restored = criu("criu restore", argv, work, timeout);
    try {
      Trees.delete(work);
    } catch (IOException e) {
      EngineErrors.warn("Removing a log failed", EngineErrors.io("remove " + work, e));
    }
    return restored.then(
        done ->
            ProcFs.isAlive(tree.pid())
                ? Outcome.ok(done)
                : Outcome.failed(new EngineFailure.ProcessGone("pid " + tree.pid())));
  }

  private static List<String> common(Path images, String log, boolean shellJob) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--images-dir",
                images.toString(),
                "--log-file",
                log,
                "-v3",
                "--network-lock",
                "nftables",
                "--manage-cgroups=ignore",
                "--tcp-established",
                "--file-locks"));
    if (shellJob) {
      options.add("--shell-job");
    }
    return options;
  }

  private static Outcome<Done> criu(
      String name, List<String> argv, Path directory, Duration timeout) {
    return ToolRunner.run(new ToolRunner.Call(name, argv, Map.of(), directory), timeout)
        .then(
            result -> {
              if (result.exitStatus() == 0) {
                return Outcome.ok(new Done(result.took()));
              }
              Path log =
                  Files.exists(directory.resolve("restore.log"))
                      ? directory.resolve("restore.log")
                      : directory.resolve("criu/dump.log");
              String excerpt = (LogExcerpt.of(log) + "\n" + result.output()).strip();
              return Outcome.failed(
                  LogExcerpt.classify(name, result.exitStatus(), directory, excerpt));
            });
  }
}
