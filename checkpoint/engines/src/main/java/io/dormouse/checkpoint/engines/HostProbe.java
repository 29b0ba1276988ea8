package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.HostReport.Check;
import io.dormouse.checkpoint.engines.HostReport.Tool;
import io.dormouse.checkpoint.engines.HostReport.Verdict;
import io.dormouse.checkpoint.engines.ToolFinder.Candidate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Finds out what of checkpointing works on this host, by doing it: a version number says nothing
 * about a kernel. Never fetches anything.
 */
public final class HostProbe {
  private static final String FETCH =
      "run `dormouse up` once as root, which fetches a build from your Debian mirror, or set ";

  private final ToolFinder finder;
  private final ProbeCache cache;
  private final InstantSource clock;

  /**
   * @param environment as {@code System.getenv()}: PATH and {@link ToolFinder#CRIU_VARIABLE} say
   *     where to look
   * @param cache see {@link ToolFinder#cacheDirectory}
   */
  public HostProbe(Map<String, String> environment, Path cache, InstantSource clock) {
    this.finder = new ToolFinder(environment, cache);
    this.cache = new ProbeCache(cache.resolve("probe.json"));
    this.clock = clock;
  }

  /**
   * The state of this host. A result is kept for as long as kernel and tools stay the same, unless
   * what did not work may be due to the moment: a busy machine, a full disk, an interrupt.
   *
   * @param fresh probe anew even so
   * @param timeout for each dump and restore
   */
  public HostReport run(boolean fresh, Duration timeout) {
    String key = ProbeCache.key(finder.criu(), finder.runc());
    Optional<HostReport> kept = fresh ? Optional.empty() : cache.find(key);
    if (kept.isPresent()) {
      return kept.get();
    }
    Trials trials = new Trials();
    HostReport report = probe(trials, timeout);
    if (report.imagesWork() || trials.last()) {
      cache.keep(key, report);
    }
    return report;
  }

  /** Turns the outcomes of one run into verdicts, and notes whether they will be the same later. */
  private static final class Trials {
    private boolean last = true;

    Check check(Outcome<String> outcome) {
      if (outcome instanceof Outcome.Failed<String> failed) {
        last &= saysMoreThanTheMoment(failed.failure());
        return new Check(Verdict.BROKEN, failed.failure().message());
      }
      return new Check(Verdict.WORKING, ((Outcome.Ok<String>) outcome).value());
    }

    boolean last() {
      return last && !Thread.currentThread().isInterrupted();
    }

    Tool choose(
        String name,
        String variable,
        List<Candidate> candidates,
        BiFunction<Path, String, Outcome<String>> trial) {
      List<String> refused = new ArrayList<>();
      Tool best =
          new Tool(
              name,
              Optional.empty(),
              "",
              "",
              new Check(
                  Verdict.MISSING,
                  "there is no %s on this machine.%nMaybe %s%s to one."
                      .formatted(name, FETCH, variable)),
              List.of());
      for (Candidate candidate : candidates) {
        Outcome<String> version = ToolFinder.version(candidate.path());
        Check check = check(version.then(v -> trial.apply(candidate.path(), v)));
        String shown = version instanceof Outcome.Ok<String> ok ? ok.value() : "unknown";
        best =
            new Tool(
                name,
                Optional.of(candidate.path()),
                shown,
                candidate.origin(),
                check,
                List.copyOf(refused));
        if (check.verdict() == Verdict.WORKING) {
          return best;
        }
        refused.add(
            "%s (%s, %s): %s"
                .formatted(
                    candidate.path(),
                    candidate.origin(),
                    shown,
                    check.reason().lines().findFirst().orElse("")));
      }
      return best;
    }

    private static boolean saysMoreThanTheMoment(EngineFailure failure) {
      return failure instanceof EngineFailure.ToolFailed
          || failure instanceof EngineFailure.ToolMissing
          || failure instanceof EngineFailure.Unsupported
          || failure instanceof EngineFailure.BadImage;
    }
  }

  private HostReport probe(Trials trials, Duration timeout) {
    Tool criu =
        trials.choose(
            "criu",
            ToolFinder.CRIU_VARIABLE,
            finder.criu(),
            (path, version) -> RoundTrips.process(path, timeout, clock));
    Tool runc =
        trials.choose(
            "runc",
            ToolFinder.RUNC_VARIABLE,
            finder.runc(),
            (path, version) -> Outcome.ok("runc " + version + " starts"));
    return new HostReport(
        System.getProperty("os.version"),
        criu,
        runc,
        CgroupFreezer.mode(),
        capsule(trials, criu, runc, timeout),
        tracking(criu, timeout),
        clock.instant());
  }

  private static Check tracking(Tool criu, Duration timeout) {
    return criu.path().isPresent() && criu.check().verdict() == Verdict.WORKING
        ? tracking(criu.path().get(), timeout)
        : new Check(Verdict.MISSING, "nothing is tracked without a working criu");
  }

  /** CRIU tries it: it writes to a page and looks for the kernel's mark. */
  static Check tracking(Path criu, Duration timeout) {
    List<String> argv = List.of(criu.toString(), "check", "--feature", "mem_dirty_track");
    var call = new ToolRunner.Call("criu check", argv, Map.of(), Path.of("/"));
    return ToolRunner.run(call, timeout) instanceof Outcome.Ok<ToolRunner.Result> ok
            && ok.value().exitStatus() == 0
        ? new Check(Verdict.WORKING, "this kernel tells which pages changed")
        : new Check(
            Verdict.MISSING,
            "this kernel does not tell which pages changed (CONFIG_MEM_SOFT_DIRTY)");
  }

  private Check capsule(Trials trials, Tool criu, Tool runc, Duration timeout) {
    Optional<Toolchain> tools = HostReport.toolchain(criu, runc);
    if (tools.isEmpty()) {
      String lacking = criu.check().verdict() == Verdict.WORKING ? "runc" : "criu";
      return new Check(Verdict.MISSING, "no capsule without a working %s".formatted(lacking));
    }
    return trials.check(RoundTrips.capsule(tools.get(), timeout, clock));
  }
}
