package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.images.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Dumps a process and all below it as they are, outside of any capsule, by pid. The regular files
 * that they hold open for writing are taken into the image at the same stop. Restored, the
 * processes have their old pids.
 */
public final class ProcessTreeEngine implements CheckpointEngine<Long> {
  public static final String NAME = "process-tree";
  private static final Duration PIDS_FREE_WAIT = Duration.ofSeconds(5);
  private static final Duration PIDS_FREE_PAUSE = Duration.ofMillis(50);

  private final Path criu;
  private final InstantSource clock;
  private final Holds<Long> holds = new Holds<>();

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
    return Set.of(Ability.FREEZE, Ability.IMAGE, Ability.CLOSE);
  }

  @Override
  public Outcome<Done> freeze(Long pid, Duration timeout) {
    return holds.has(pid) ? Outcome.ok(new Done(Duration.ZERO)) : ProcessTree.stop(pid, timeout);
  }

  @Override
  public Outcome<Done> thaw(Long pid, Duration timeout) {
    return holds.undo(pid, timeout).then(done -> ProcessTree.resume(pid));
  }

  @Override
  public Outcome<Done> kill(Long pid, Duration timeout) {
    holds.end(pid, timeout);
    return ProcessTree.kill(pid, timeout);
  }

  @Override
  public boolean writesOnce(Path file) {
    return CriuFiles.writesOnce(file);
  }

  /**
   * Writes an image, as {@link CheckpointEngine#dump} says. A tree that is left frozen is held by
   * CRIU until this engine thaws or kills it, with its connections either way; if this engine's
   * process ends before, it goes on.
   */
  @Override
  public Outcome<DumpReport> dump(Long pid, Path image, DumpOptions options) {
    if (holds.has(pid)) {
      return Outcome.failed(
          new EngineFailure.WrongState("pid " + pid, "held by an earlier dump", "thawed"));
    }
    return Outcome.attempt(() -> TreeTarget.of(pid, options, () -> GpuProbe.of(criu)))
        .then(
            target ->
                new TreeDump(criu, clock, image, options)
                    .run(target)
                    .orUndo(failure -> asBefore(target))
                    .then(result -> settle(target, options, result)));
  }

  private static @Nullable Outcome<Done> asBefore(TreeTarget target) {
    boolean same = target.whyNotTheSame().isEmpty();
    return target.stopped() || !same ? null : ProcessTree.resume(target.pid());
  }

  private Outcome<DumpReport> settle(
      TreeTarget target, DumpOptions options, TreeDump.Result result) {
    result.held().ifPresent(held -> holds.put(target.pid(), held));
    return target.stopped() && options.after() == DumpOptions.After.KEEP_RUNNING
        ? ProcessTree.resume(target.pid()).then(done -> Outcome.ok(result.report()))
        : Outcome.ok(result.report());
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
        .then(done -> restoreOncePidsAreFree(tree, image, timeout))
        .then(
            done ->
                Outcome.ok(
                    new RestoredTree(
                        tree.pid(),
                        files.movedAside(),
                        Duration.ofNanos(System.nanoTime() - start))))
        .orUndo(failure -> files.undo());
  }

  // Also a zombie that nobody remembers keeps the numbers of its session and its group.
  private Outcome<Done> restoreOncePidsAreFree(TreeRecord tree, Path image, Duration timeout) {
    long deadline = System.nanoTime() + PIDS_FREE_WAIT.toNanos();
    while (true) {
      Outcome<Done> outcome = criuRestore(tree, image, timeout);
      boolean again =
          outcome instanceof Outcome.Failed<Done> failed
              && failed.failure() instanceof EngineFailure.PidInUse inUse
              && !ProcFs.isAlive(inUse.pid())
              && System.nanoTime() - deadline < 0
              && !Thread.currentThread().isInterrupted();
      if (!again) {
        return outcome;
      }
      Waiting.until(() -> false, PIDS_FREE_PAUSE);
    }
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
    argv.addAll(List.of("--images-dir", processes.toString(), "--log-file", "restore.log", "-v3"));
    argv.addAll(CriuOptions.arguments(CriuOptions.Tcp.of(tree.connectionsOrDefault(), true)));
    if (tree.shellJob()) {
      argv.add("--shell-job");
    }
    Outcome<Done> restored = criu(argv, image, work, timeout);
    try {
      Trees.delete(work);
    } catch (IOException e) {
      EngineErrors.warn("Removing a log failed", EngineErrors.io("remove " + work, e));
    }
    return restored.then(done -> started(tree.pid()));
  }

  // One that was stopped when it was dumped comes back stopped.
  private static Outcome<Done> started(long pid) {
    return ProcFs.isAlive(pid) && ProcessTree.isStopped(pid)
        ? ProcessTree.resume(pid)
        : ProcFs.isAlive(pid)
            ? Outcome.ok(new Done(Duration.ZERO))
            : Outcome.failed(new EngineFailure.ProcessGone("pid " + pid));
  }

  private static Outcome<Done> criu(List<String> argv, Path image, Path work, Duration timeout) {
    return ToolRunner.run(new ToolRunner.Call("criu restore", argv, Map.of(), work), timeout)
        .then(
            result ->
                result.exitStatus() == 0
                    ? Outcome.ok(new Done(result.took()))
                    : Outcome.failed(
                        CriuOptions.explain(
                            "criu restore", result, work.resolve("restore.log"), image)));
  }
}
