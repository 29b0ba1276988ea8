package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.DebianSources.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * apt with state, lists, cache and sources of its own in one directory, so that nothing is
 * installed on the machine and nothing of it decides what is fetched but how its mirror is reached.
 * Packages are unpacked into a root directory.
 */
final class PrivateApt {
  private final Path home;
  private final Path config;

  private PrivateApt(Path home) {
    this.home = home;
    this.config = home.resolve("apt.conf");
  }

  static PrivateApt create(Path home, List<Entry> entries, Path keyring) throws IOException {
    PrivateApt apt = new PrivateApt(home);
    for (String name :
        List.of("lists/partial", "cache/archives/partial", "sources", "preferences", "parts")) {
      Files.createDirectories(home.resolve(name));
    }
    Files.writeString(home.resolve("status"), "");
    Files.writeString(
        home.resolve("sources/debian.sources"),
        entries.stream()
            .map(
                e ->
                    "Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n"
                        .formatted(e.uri(), e.suite(), keyring))
            .collect(Collectors.joining("\n")));
    Files.writeString(apt.config, apt.configuration(accessSettings()));
    return apt;
  }

  private String configuration(String access) {
    return """
        Dir::Etc::main "/dev/null";
        Dir::Etc::parts "%1$s/parts";
        Dir::Etc::sourcelist "/dev/null";
        Dir::Etc::sourceparts "%1$s/sources";
        Dir::Etc::preferences "/dev/null";
        Dir::Etc::preferencesparts "%1$s/preferences";
        Dir::State "%1$s";
        Dir::State::lists "%1$s/lists";
        Dir::State::status "%1$s/status";
        Dir::Cache "%1$s/cache";
        Dir::Log "%1$s";
        Acquire::Languages "none";
        Acquire::Retries "2";
        Acquire::http::Timeout "20";
        Acquire::https::Timeout "20";
        APT::Sandbox::User "";
        APT::Install-Recommends "false";
        %2$s
        """
        .formatted(home, access);
  }

  // How the machine reaches its mirror, and whether it accepts a mirror that stands still: its
  // administrator's choices.
  private static String accessSettings() {
    String command =
        "apt-config dump --no-empty | grep -E '^Acquire::(https?::|Check-Valid-Until|Check-Date|Force)'";
    var call =
        new ToolRunner.Call(
            "apt-config", List.of("/bin/sh", "-c", command), Map.of(), Path.of("/"));
    return ToolRunner.run(call, Duration.ofSeconds(10)) instanceof Outcome.Ok<ToolRunner.Result> ok
        ? ok.value().output()
        : "";
  }

  /** Updates the lists, and checks that they are Debian's own. */
  Outcome<Done> update(Duration timeout) {
    return apt(timeout, "apt-get", "--quiet", "--error-on=any", "update")
        .then(done -> apt(timeout, "apt-get", "indextargets", "--format", "$(ORIGIN)"))
        .then(
            result ->
                !result.output().isBlank() && result.output().lines().allMatch("Debian"::equals)
                    ? Outcome.ok(new Done(result.took()))
                    : Outcome.failed(
                        new EngineFailure.Unsupported(
                            "Using the configured mirror",
                            "it does not carry Debian: " + result.output())));
  }

  /** Fetches packages with all that they need, and unpacks them. */
  Outcome<Done> unpack(List<String> names, Path root, Duration timeout) {
    List<String> argv =
        new ArrayList<>(
            List.of(
                "apt-get",
                "--quiet",
                "--yes",
                "--download-only",
                "--no-install-recommends",
                "install"));
    argv.addAll(names);
    return apt(timeout, argv.toArray(String[]::new)).then(done -> unpackAll(root, timeout));
  }

  private Outcome<Done> unpackAll(Path root, Duration timeout) {
    List<Path> archives;
    try (Stream<Path> listed = Files.list(home.resolve("cache/archives"))) {
      archives = listed.filter(p -> p.toString().endsWith(".deb")).sorted().toList();
      Files.createDirectories(root);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("unpack packages into " + root, e));
    }
    Outcome<Done> outcome = Outcome.ok(new Done(Duration.ZERO));
    for (Path archive : archives) {
      outcome =
          outcome
              .then(done -> apt(timeout, "dpkg", "--extract", archive.toString(), root.toString()))
              .then(result -> Outcome.ok(new Done(result.took())));
    }
    // Nobody updates them here, so they must not lend rights to anybody.
    return outcome
        .then(done -> apt(timeout, "chmod", "--recursive", "ug-s", root.toString()))
        .then(result -> Outcome.ok(new Done(result.took())));
  }

  private Outcome<ToolRunner.Result> apt(Duration timeout, String... argv) {
    var call =
        new ToolRunner.Call(
            argv[0],
            new ArrayList<>(List.of(argv)),
            Map.of("APT_CONFIG", config.toString(), "DEBIAN_FRONTEND", "noninteractive"),
            home);
    return ToolRunner.run(call, timeout)
        .then(
            result ->
                result.exitStatus() == 0
                    ? Outcome.ok(result)
                    : Outcome.failed(
                        new EngineFailure.ToolFailed(
                            String.join(" ", argv[0], argv[argv.length - 1]),
                            result.exitStatus(),
                            result.output())));
  }
}
