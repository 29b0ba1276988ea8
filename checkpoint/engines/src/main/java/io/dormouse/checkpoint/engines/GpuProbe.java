package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.ToolRunner.Call;
import io.dormouse.checkpoint.engines.ToolRunner.Result;
import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether CRIU can dump what holds an NVIDIA GPU on this host. That takes its plugin, the driver's
 * tool that the plugin calls, and a device; the tool is run.
 */
final class GpuProbe {
  private static final String PLUGIN = "cuda_plugin.so";
  private static final String TOOL = "cuda-checkpoint";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private GpuProbe() {}

  /**
   * Where things are looked for.
   *
   * @param control device that the driver makes
   * @param plugins folders of CRIU's plugins
   * @param tools folders of programs
   */
  record Places(Path control, List<Path> plugins, List<Path> tools) {}

  /** Of this host, for a CRIU with its plugins where its build puts them. */
  static Probe of(Path criu) {
    return of(
        new Places(
            Path.of("/dev", "nvidiactl"),
            Stream.of("../lib/criu", "../../lib/criu", "../../usr/lib/criu")
                .map(folder -> criu.resolveSibling(folder).normalize())
                .distinct()
                .toList(),
            Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .map(Path::of)
                .toList()));
  }

  static Probe of(Places places) {
    if (!Files.exists(places.control())) {
      return no("there is no GPU that CRIU knows");
    }
    if (find(places.plugins(), PLUGIN).isEmpty()) {
      return no("CRIU has no " + PLUGIN);
    }
    return find(places.tools(), TOOL)
        .map(GpuProbe::run)
        .orElseGet(() -> no("the driver's tool %s is not there".formatted(TOOL)));
  }

  private static Optional<Path> find(List<Path> folders, String name) {
    return folders.stream().map(folder -> folder.resolve(name)).filter(Files::exists).findFirst();
  }

  private static Probe run(Path tool) {
    Call call = new Call(TOOL, List.of(tool.toString(), "--help"), Map.of(), Path.of("/"));
    Outcome<Result> ran = ToolRunner.run(call, LIMIT);
    if (ran instanceof Outcome.Failed<Result> failed) {
      return no(failed.failure().message().lines().findFirst().orElse(TOOL + " does not run"));
    }
    Result result = ((Outcome.Ok<Result>) ran).value();
    String said = result.output().lines().findFirst().orElse("");
    return result.exitStatus() == 0
        ? new Probe(true, TOOL, "%s and %s are there, and it runs".formatted(PLUGIN, TOOL))
        : no("%s ended with status %d: %s".formatted(TOOL, result.exitStatus(), said));
  }

  private static Probe no(String why) {
    return new Probe(false, "", why);
  }
}
