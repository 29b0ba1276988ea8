package io.dormouse.cli.daemon;

import io.dormouse.checkpoint.agent.AgentConfig;
import io.dormouse.checkpoint.agent.EngineChoice;
import io.dormouse.checkpoint.agent.LeaseLimits;
import io.dormouse.checkpoint.images.StoreAddress;
import io.dormouse.checkpoint.images.StoreLocation;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.controller.config.Quantities;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The configuration of an agent as a file. */
final class AgentConfigFile {
  private static final Set<String> KEYS =
      Set.of(
          "node",
          "state-directory",
          "image-store",
          "image-keys",
          "hadoop-conf",
          "owner-quota",
          "owner-quotas",
          "retention-age",
          "retention-generations",
          "socket",
          "bind",
          "port",
          "port-file",
          "tls.certificate",
          "tls.key",
          "tls.authority",
          "read-only-paths",
          "engine",
          "dumps-at-once",
          "fast-storage",
          "fast-storage-capacity",
          "scheduler-uids",
          "trial-dumps",
          "end-instances-on-shutdown");

  private AgentConfigFile() {}

  static AgentConfig read(Path file) {
    ConfigFile config = ConfigFile.read(file, KEYS);
    try {
      return new AgentConfig(
          config.text("node"),
          config.path("state-directory"),
          store(config),
          StoreRulesKeys.read(config),
          config.path("socket"),
          new AgentConfig.Listen(
              config.optionalText("bind").orElse("127.0.0.1"),
              config.number("port", 0),
              config.optionalText("port-file").map(Path::of)),
          new TlsFiles(
              config.path("tls.certificate"), config.path("tls.key"), config.path("tls.authority")),
          config.texts("read-only-paths").stream().map(Path::of).toList(),
          LeaseLimits.DEFAULT,
          engine(config),
          config.number("dumps-at-once", 2),
          fastStorage(config),
          schedulerUids(config),
          config.flag("trial-dumps", false),
          config.flag("end-instances-on-shutdown", false));
    } catch (IllegalArgumentException invalid) {
      throw config.bad(String.valueOf(invalid.getMessage()), "Maybe see `dormouse agent --help`.");
    }
  }

  /** What does not go into a store elsewhere lies in the agent's own directory. */
  private static StoreLocation store(ConfigFile config) {
    Stored<URI> address = StoreAddress.parse(config.text("image-store"));
    if (address instanceof Stored.Failed<URI> failed) {
      String[] lines = failed.failure().message().split("\\R", 2);
      throw config.bad(lines[0], lines[1]);
    }
    StoreLocation store =
        StoreLocation.of(
            ((Stored.Ok<URI>) address).value(), config.path("state-directory").resolve("images"));
    Optional<Path> keys = config.optionalText("image-keys").map(Path::of);
    Optional<Path> hadoop =
        config
            .optionalText("hadoop-conf")
            .or(() -> Optional.ofNullable(System.getenv("HADOOP_CONF_DIR")))
            .map(Path::of);
    StoreLocation keyed = keys.map(store::withKeys).orElse(store);
    return hadoop.map(keyed::withHadoopConfiguration).orElse(keyed);
  }

  private static EngineChoice engine(ConfigFile config) {
    String name = config.optionalText("engine").orElse("auto");
    List<EngineChoice> all = Arrays.asList(EngineChoice.values());
    return all.stream()
        .filter(choice -> choice.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                config.bad(
                    "the engine %s is unknown.".formatted(name),
                    "Maybe one of %s.".formatted(all.toString().toLowerCase(Locale.ROOT))));
  }

  private static Optional<AgentConfig.FastStorage> fastStorage(ConfigFile config) {
    Optional<String> capacity = config.optionalText("fast-storage-capacity");
    if (!config.has("fast-storage")) {
      if (capacity.isPresent()) {
        throw config.bad(
            "there is a fast-storage-capacity and no fast-storage.",
            "Maybe add a folder, such as fast-storage: /dev/shm/dormouse.");
      }
      return Optional.empty();
    }
    String text = capacity.orElse("1GiB");
    long bytes =
        Quantities.dataSize(text)
            .orElseThrow(
                () ->
                    config.bad(
                        "the fast-storage-capacity (%s) is no size.".formatted(text),
                        "Maybe write it like 8GiB."));
    return Optional.of(new AgentConfig.FastStorage(config.path("fast-storage"), bytes));
  }

  private static Set<Long> schedulerUids(ConfigFile config) {
    Set<Long> uids = new LinkedHashSet<>();
    for (String uid : config.texts("scheduler-uids")) {
      if (!uid.matches("\\d{1,10}")) {
        throw config.bad(
            "the scheduler-uids hold %s.".formatted(uid), "Maybe give numbers: see id -u.");
      }
      uids.add(Long.parseLong(uid));
    }
    return uids;
  }
}
