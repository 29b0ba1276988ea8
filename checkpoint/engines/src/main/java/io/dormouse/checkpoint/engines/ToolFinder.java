package io.dormouse.checkpoint.engines;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds builds of a tool on this machine, in the order in which they are tried. Never fetches one.
 */
public final class ToolFinder {
  /** Variables that name a tool by its path. */
  public static final String CRIU_VARIABLE = "DORMOUSE_CRIU";

  public static final String RUNC_VARIABLE = "DORMOUSE_RUNC";

  private static final Pattern VERSION = Pattern.compile("(\\d+\\.\\d+[\\w.~+-]*)");
  private static final Duration VERSION_TIMEOUT = Duration.ofSeconds(10);

  private final Map<String, String> environment;
  private final ToolProvisioner provisioner;

  /**
   * A build: where it is and where that was said ({@code configured}, {@code path} or {@code
   * provisioned}).
   */
  public record Candidate(Path path, String origin) {}

  public ToolFinder(Map<String, String> environment, Path cache) {
    this.environment = Map.copyOf(environment);
    this.provisioner = new ToolProvisioner(cache);
  }

  /** {@code $XDG_CACHE_HOME/dormouse}, or {@code ~/.cache/dormouse}. */
  public static Path cacheDirectory(Map<String, String> environment) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    String user = home.startsWith("/") ? home : System.getProperty("user.home");
    Path base = xdg.startsWith("/") ? Path.of(xdg) : Path.of(user, ".cache");
    return base.resolve("dormouse");
  }

  public List<Candidate> criu() {
    return candidates(CRIU_VARIABLE, "criu", provisioner.criu());
  }

  public List<Candidate> runc() {
    return candidates(RUNC_VARIABLE, "runc", provisioner.runc());
  }

  private List<Candidate> candidates(String variable, String name, Path provisioned) {
    List<Candidate> found = new ArrayList<>();
    Optional.ofNullable(environment.get(variable))
        .filter(v -> !v.isBlank())
        .ifPresent(v -> found.add(new Candidate(Path.of(v).toAbsolutePath(), "configured")));
    onPath(name).ifPresent(p -> found.add(new Candidate(p, "path")));
    if (Files.isExecutable(provisioned)) {
      found.add(new Candidate(provisioned, "provisioned"));
    }
    return found;
  }

  private Optional<Path> onPath(String name) {
    // Administrators' tools are often outside of a user's PATH.
    String path = environment.getOrDefault("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin";
    for (String directory : path.split(":", -1)) {
      if (directory.startsWith("/") && Files.isExecutable(Path.of(directory, name))) {
        return Optional.of(Path.of(directory, name));
      }
    }
    return Optional.empty();
  }

  /** What the tool says of its version, or why it says nothing. */
  static Outcome<String> version(Path tool) {
    var call =
        new ToolRunner.Call(
            tool.toString(), List.of(tool.toString(), "--version"), Map.of(), Path.of("/"));
    return ToolRunner.run(call, VERSION_TIMEOUT)
        .then(
            result -> {
              Matcher version = VERSION.matcher(result.output());
              return result.exitStatus() == 0 && version.find()
                  ? Outcome.ok(version.group(1))
                  : Outcome.failed(
                      new EngineFailure.ToolFailed(
                          tool + " --version", result.exitStatus(), result.output()));
            });
  }
}
