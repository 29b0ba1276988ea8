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
  private AgentConfigFile() {}

  static AgentConfig read(Path file) {
    ConfigFile config = ConfigFile.read(file);
    try {
      return new AgentConfig(
          config.text(AgentKey.NODE),
          config.path(AgentKey.STATE_DIRECTORY),
          store(config),
          StoreRulesKeys.read(config),
          config.path(AgentKey.SOCKET),
          new AgentConfig.Listen(
              config.text(AgentKey.BIND),
              config.number(AgentKey.PORT),
              config.optionalPath(AgentKey.PORT_FILE)),
          new TlsFiles(
              config.path(AgentKey.TLS_CERTIFICATE),
              config.path(AgentKey.TLS_KEY),
              config.path(AgentKey.TLS_AUTHORITY)),
          config.texts(AgentKey.READ_ONLY_PATHS).stream().map(Path::of).toList(),
          LeaseLimits.DEFAULT,
          engine(config),
          config.number(AgentKey.DUMPS_AT_ONCE),
          fastStorage(config),
          schedulerUids(config),
          config.flag(AgentKey.TRIAL_DUMPS),
          config.flag(AgentKey.END_INSTANCES_ON_SHUTDOWN));
    } catch (IllegalArgumentException invalid) {
      throw config.bad(
          String.valueOf(invalid.getMessage()), "Maybe see docs/agent-configuration.md.");
    }
  }

  /** What does not go into a store elsewhere lies in the agent's own directory. */
  private static StoreLocation store(ConfigFile config) {
    Stored<URI> address = StoreAddress.parse(config.text(AgentKey.IMAGE_STORE));
    if (address instanceof Stored.Failed<URI> failed) {
      String[] lines = failed.failure().message().split("\\R", 2);
      throw config.bad(lines[0], lines[1]);
    }
    StoreLocation store =
        StoreLocation.of(
            ((Stored.Ok<URI>) address).value(),
            config.path(AgentKey.STATE_DIRECTORY).resolve("images"));
    Optional<Path> keys = config.optionalPath(AgentKey.IMAGE_KEYS);
    Optional<Path> hadoop =
        config
            .optionalText(AgentKey.HADOOP_CONF)
            .or(() -> Optional.ofNullable(System.getenv("HADOOP_CONF_DIR")))
            .map(Path::of);
    StoreLocation keyed = keys.map(store::withKeys).orElse(store);
    return hadoop.map(keyed::withHadoopConfiguration).orElse(keyed);
  }

  private static EngineChoice engine(ConfigFile config) {
    String name = config.text(AgentKey.ENGINE);
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
    if (!config.has(AgentKey.FAST_STORAGE)) {
      if (config.has(AgentKey.FAST_STORAGE_CAPACITY)) {
        throw config.bad(
            "there is a fast-storage-capacity and no fast-storage.",
            "Maybe add a folder, such as fast-storage: /dev/shm/dormouse.");
      }
      return Optional.empty();
    }
    String text = config.text(AgentKey.FAST_STORAGE_CAPACITY);
    long bytes =
        Quantities.dataSize(text)
            .orElseThrow(
                () ->
                    config.bad(
                        "the fast-storage-capacity (%s) is no size.".formatted(text),
                        "Maybe write it like 8GiB."));
    return Optional.of(new AgentConfig.FastStorage(config.path(AgentKey.FAST_STORAGE), bytes));
  }

  private static Set<Long> schedulerUids(ConfigFile config) {
    Set<Long> uids = new LinkedHashSet<>();
    for (String uid : config.texts(AgentKey.SCHEDULER_UIDS)) {
      if (!uid.matches("\\d{1,10}")) {
        throw config.bad(
            "the scheduler-uids hold %s.".formatted(uid), "Maybe give numbers: see id -u.");
      }
      uids.add(Long.parseLong(uid));
    }
    return uids;
  }
}
