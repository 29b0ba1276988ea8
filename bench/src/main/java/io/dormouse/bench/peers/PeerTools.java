package io.dormouse.bench.peers;

import io.dormouse.checkpoint.engines.HostProbe;
import io.dormouse.checkpoint.engines.HostReport;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.ToolFinder;
import io.dormouse.checkpoint.engines.ToolProvisioner;
import io.dormouse.cli.bench.Benchmark.MissingPeerException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** CRIU and the peers' tools: from the machine's own mirror, as it need not have them. */
public final class PeerTools {
  private static final Duration FETCH_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration PROBE_TIMEOUT = Duration.ofMinutes(1);

  private final Map<String, String> environment = System.getenv();
  private final Path cache = ToolFinder.cacheDirectory(environment);
  private final ToolProvisioner provisioner = new ToolProvisioner(cache);
  private final Consumer<String> progress;

  /** {@code progress} is told what is fetched. */
  public PeerTools(Consumer<String> progress) {
    this.progress = progress;
  }

  /** A CRIU that passed the probe here. */
  public Path criu() throws MissingPeerException {
    HostReport.Tool criu = probed();
    if (criu.check().verdict() == HostReport.Verdict.MISSING) {
      value(provisioner.provisionCriu(FETCH_TIMEOUT, progress));
      criu = probed();
    }
    if (criu.check().verdict() != HostReport.Verdict.WORKING || criu.path().isEmpty()) {
      throw new MissingPeerException(
          "No CRIU works on this host: %s".formatted(criu.check().reason()));
    }
    return criu.path().get();
  }

  private HostReport.Tool probed() {
    return new HostProbe(environment, cache, InstantSource.system())
        .run(false, PROBE_TIMEOUT)
        .criu();
  }

  /** A command of a package, through which it finds its libraries. */
  public List<String> command(String packageName, String program, String... arguments)
      throws MissingPeerException {
    Path root =
        value(
                provisioner.provisionPackages(
                    packageName, List.of(packageName), FETCH_TIMEOUT, progress))
            .path();
    List<String> argv = new ArrayList<>();
    argv.add("env");
    argv.add("LD_LIBRARY_PATH=%s".formatted(root.resolve("usr/lib/x86_64-linux-gnu")));
    argv.add("PYTHONHOME=%s".formatted(root.resolve("usr")));
    argv.add("PATH=%s:/usr/bin:/bin".formatted(root.resolve("usr/bin")));
    argv.add(program);
    argv.addAll(List.of(arguments));
    return argv;
  }

  private static <T> T value(Outcome<T> outcome) throws MissingPeerException {
    if (outcome instanceof Outcome.Ok<T> ok) {
      return ok.value();
    }
    throw new MissingPeerException(((Outcome.Failed<T>) outcome).failure().message());
  }
}
