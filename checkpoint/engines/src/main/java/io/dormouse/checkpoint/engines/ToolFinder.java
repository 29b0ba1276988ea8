package io.dormouse.checkpoint.engines;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  /** Names {@code dmtcp_launch}, beside which DMTCP's other programs lie. */
  public static final String DMTCP_VARIABLE = "DORMOUSE_DMTCP";

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
    return candidates(CRIU_VARIABLE, "criu", Optional.of(provisioner.criu()));
  }

  public List<Candidate> runc() {
    return candidates(RUNC_VARIABLE, "runc", Optional.of(provisioner.runc()));
  }

  /** Debian has no DMTCP, so it is never fetched: a site builds it. */
  public List<Candidate> dmtcp() {
    return candidates(DMTCP_VARIABLE, "dmtcp_launch", Optional.empty());
  }

  /** The first DMTCP that says its version, or why there is none. */
  public Outcome<DmtcpTools> dmtcpTools() {
    Outcome<DmtcpTools> last =
        Outcome.failed(
            new EngineFailure.ToolMissing(
                "dmtcp_launch",
                "build DMTCP 4.2 from its release, put its bin directory into PATH, or set %s to its dmtcp_launch."
                    .formatted(DMTCP_VARIABLE)));
    for (Candidate candidate : dmtcp()) {
      Path directory = Objects.requireNonNull(candidate.path().getParent(), "it is absolute");
      last =
          version(candidate.path()).then(number -> Outcome.ok(new DmtcpTools(directory, number)));
      if (last instanceof Outcome.Ok) {
        return last;
      }
    }
    return last;
  }

  private List<Candidate> candidates(String variable, String name, Optional<Path> provisioned) {
    List<Candidate> found = new ArrayList<>();
    Optional.ofNullable(environment.get(variable))
        .filter(v -> !v.isBlank())
        .ifPresent(v -> found.add(new Candidate(Path.of(v).toAbsolutePath(), "configured")));
    onPath(name).ifPresent(p -> found.add(new Candidate(p, "path")));
    provisioned
        .filter(Files::isExecutable)
        .ifPresent(p -> found.add(new Candidate(p, "provisioned")));
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
