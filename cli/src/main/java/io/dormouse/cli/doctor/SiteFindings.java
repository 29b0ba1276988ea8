package io.dormouse.cli.doctor;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Which schedulers, and what goes with them, are there. */
final class SiteFindings {
  private static final List<String> ALSO = List.of("/usr/sbin", "/usr/local/sbin", "/sbin");

  private final String path;
  private final Path installation;
  private final Set<String> sites;

  /**
   * Looks along a search path.
   *
   * @param path as in {@code $PATH}
   * @param installation the product's root
   * @param sites those that this version can run
   */
  SiteFindings(String path, Path installation, Set<String> sites) {
    this.path = path;
    this.installation = installation;
    this.sites = sites;
  }

  List<Finding> all() {
    return List.of(
        optional("dmtcp", "dmtcp_launch", "only agents with the engine dmtcp need it"),
        zookeeper(),
        yarn(),
        scheduler("slurm", "slurmctld", "Install it, as in: apt-get install slurm-wlm"),
        scheduler("mesos", "mesos-master", "Build it from its release; Debian has no package."),
        optional(
            "haproxy", "haproxy", "only services that are to be reached after a move want one"));
  }

  private Finding scheduler(String name, String program, String fix) {
    return sites.contains(name)
        ? program(name, program, fix)
        : useless(name, program, "it has no site of that name, but: " + String.join(", ", sites));
  }

  private Finding useless(String name, String program, String why) {
    Optional<Path> found = find(program);
    return found.isPresent()
        ? Finding.ok(name, found.get().toString())
        : Finding.needless(
            name, "no %s on PATH, and this version can't use it: %s".formatted(program, why));
  }

  private Finding optional(String name, String program, String why) {
    Optional<Path> found = find(program);
    return found.isPresent()
        ? Finding.ok(name, found.get().toString())
        : Finding.needless(name, "no %s on PATH, but %s".formatted(program, why));
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
