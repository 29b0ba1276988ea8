package io.dormouse.cli.doctor;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which schedulers, and what goes with them, are there. */
final class SiteFindings {
  private static final List<String> ALSO = List.of("/usr/sbin", "/usr/local/sbin", "/sbin");

  private final String path;
  private final Path installation;

  /**
   * Looks along a search path.
   *
   * @param path as in {@code $PATH}
   * @param installation the product's root
   */
  SiteFindings(String path, Path installation) {
    this.path = path;
    this.installation = installation;
  }

  List<Finding> all() {
    return List.of(
        program("dmtcp", "dmtcp_launch", "Build it from its release; Debian has no package."),
        zookeeper(),
        yarn(),
        program("slurm", "slurmctld", "Install it, as in: apt-get install slurm-wlm"),
        program("mesos", "mesos-master", "Build it from its release; Debian has no package."),
        program("haproxy", "haproxy", "Install it, as in: apt-get install haproxy"));
  }

  private Finding program(String name, String program, String fix) {
    Optional<Path> found = find(program);
    return found.isPresent()
        ? Finding.ok(name, found.get().toString())
        : Finding.missing(name, "no %s on PATH".formatted(program), fix);
  }

  private Optional<Path> find(String program) {
    return Stream.concat(
            Stream.of(path.split(File.pathSeparator, -1)).filter(part -> !part.isEmpty()),
            ALSO.stream())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Finding zookeeper() {
    return Finding.ok("zookeeper", "embedded " + org.apache.zookeeper.Version.getVersion());
  }

  private Finding yarn() {
    Path daemons = installation.resolve("lib/hadoop");
    Optional<String> version = resourceManagerVersion(daemons);
    return version.isPresent()
        ? Finding.ok("yarn", "Hadoop %s in %s".formatted(version.get(), daemons))
        : Finding.missing(
            "yarn",
            "no ResourceManager in " + daemons,
            "Run it from an installation, or build one with ./dormouse at the root of the sources.");
  }

  private static Optional<String> resourceManagerVersion(Path daemons) {
    String prefix = "hadoop-yarn-server-resourcemanager-";
    String[] names = daemons.toFile().list((folder, name) -> name.startsWith(prefix));
    return names == null || names.length == 0
        ? Optional.empty()
        : Optional.of(names[0].substring(prefix.length()).replaceFirst("\\.jar$", ""));
  }
}
