package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The process tree that is to be dumped, as it was found. */
record TreeTarget(
    long pid,
    long startTicks,
    long session,
    long uid,
    long gid,
    boolean isShellJob,
    boolean stopped,
    boolean holdsGpu) {

  /**
   * Looks at a process, and refuses what can't be dumped.
   *
   * @param gpu whether what holds a GPU can
   */
  static Outcome<TreeTarget> of(long pid, DumpOptions options, Supplier<Probe> gpu) {
    try {
      return find(pid, options, gpu);
    } catch (UncheckedIOException e) {
      return Outcome.failed(
          Presence.isRefusal(e)
              ? new EngineFailure.NotPermitted(
                  "look at pid %d and what is below it (%s)".formatted(pid, e.getCause()))
              : EngineErrors.unknown("pid " + pid, e));
    }
  }

  private static Outcome<TreeTarget> find(long pid, DumpOptions options, Supplier<Probe> gpu) {
    Optional<ProcFs.Stat> stat = ProcFs.stat(pid).filter(found -> !found.isZombie());
    Optional<Long> uid = ProcFs.uid(pid);
    Optional<Long> gid = ProcFs.gid(pid);
    if (stat.isEmpty() || uid.isEmpty() || gid.isEmpty()) {
      return Outcome.failed(new EngineFailure.ProcessGone("pid " + pid));
    }
    if (options.startTicks().isPresent()
        && options.startTicks().getAsLong() != stat.get().startTicks()) {
      return Outcome.failed(replaced(pid));
    }
    List<Long> tree = ProcFs.tree(pid);
    Optional<EngineFailure> refusal = refusal(pid, tree, options);
    Outcome<Boolean> holdsGpu =
        refusal
            .<Outcome<Boolean>>map(Outcome::failed)
            .orElseGet(() -> GpuUse.savable("pid " + pid, tree, gpu));
    return holdsGpu.then(
        holds ->
            Outcome.ok(
                new TreeTarget(
                    pid,
                    stat.get().startTicks(),
                    stat.get().session(),
                    uid.get(),
                    gid.get(),
                    !tree.contains(stat.get().session()),
                    stat.get().state() == 'T',
                    holds)));
  }

  private static Optional<EngineFailure> refusal(long pid, List<Long> tree, DumpOptions options) {
    if (tree.contains(ProcessHandle.current().pid())) {
      return Optional.of(
          new EngineFailure.Unsupported(
              "Dumping pid %d, which runs this program,".formatted(pid),
              "a process below it was meant."));
    }
    return OpenFiles.foreignTerminal(tree)
        .map(terminal -> onTerminal(pid, terminal))
        .or(() -> SharedFiles.undeclared(tree, options).map(file -> isShared(pid, file)));
  }

  private static EngineFailure onTerminal(long pid, String terminal) {
    return new EngineFailure.Unsupported(
        "Dumping pid %d, which has the terminal %s open,".formatted(pid, terminal),
        "start it without one: setsid PROGRAM </dev/null >LOG 2>&1. A terminal can't be brought back yet.");
  }

  private static EngineFailure isShared(long pid, SharedFiles.Found file) {
    return new EngineFailure.Unsupported(
        "Dumping pid %d, which writes %s together with pid %d,"
            .formatted(pid, file.path(), file.otherPid()),
        "declare the file as shared (--shared): then it is left as it is, in the dump and in a restore.");
  }

  private static EngineFailure replaced(long pid) {
    return new EngineFailure.ProcessGone("pid %d (another has its number now)".formatted(pid));
  }

  /** Whether another process, or none, has the number by now. */
  Optional<EngineFailure> whyNotTheSame() {
    OptionalLong now =
        ProcFs.stat(pid).map(s -> OptionalLong.of(s.startTicks())).orElse(OptionalLong.empty());
    return now.isPresent() && now.getAsLong() == startTicks
        ? Optional.empty()
        : Optional.of(replaced(pid));
  }
}
