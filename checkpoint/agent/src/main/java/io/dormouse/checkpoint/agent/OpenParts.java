package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.hosts.ThisHost;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.Stored;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens what the work on instances needs, as an agent's configuration says. */
final class OpenParts {
  private static final Logger LOG = LoggerFactory.getLogger(OpenParts.class);
  private static final Duration RECONNECT_WINDOW = Duration.ofSeconds(30);
  private static final Duration STAGING_AGE_MAX = Duration.ofMinutes(10);

  /** Time limit of freeze, thaw, kill. */
  static final Duration QUICK = Duration.ofSeconds(10);

  /** Time limit of start, dump, restore. */
  static final Duration SLOW = Duration.ofSeconds(60);

  private OpenParts() {}

  /**
   * Opens them.
   *
   * @param state where the agent keeps what must survive it
   * @param events hears what changes
   * @throws IOException if the store or the state can't be read
   */
  static Parts of(
      AgentConfig config,
      OpenEngine engine,
      Path state,
      AgentClock.Timers timers,
      Consumer<AgentEvent> events)
      throws IOException {
    Parts.Settings settings = settings(config, engine, state);
    return new Parts(
        settings,
        engine.engine(),
        store(config),
        FastImages.open(config.fastStorage()),
        new RecordStore(state.resolve("instances")),
        new DumpVerdicts(
            state.resolve("verdicts.json"),
            DumpVerdicts.host(engine.engine().name(), settings.host()),
            InstantSource.system()),
        new AgentClock(System::nanoTime, InstantSource.system(), timers),
        new Semaphore(config.dumpsAtOnce(), true),
        events);
  }

  private static Parts.Settings settings(AgentConfig config, OpenEngine engine, Path state)
      throws IOException {
    return new Parts.Settings(
        config.node(),
        config.readOnlyPaths(),
        config.leases(),
        RECONNECT_WINDOW,
        QUICK,
        SLOW,
        ThisHost.fingerprint(engine.toolVersion(), state),
        engine.gpu());
  }

  private static ImageStore store(AgentConfig config) throws IOException {
    Stored<ImageStore> opened =
        ImageStore.open(config.imageStore(), config.rules(), InstantSource.system());
    if (opened instanceof Stored.Failed<ImageStore> failed) {
      throw new IOException(failed.failure().message());
    }
    ImageStore store = ((Stored.Ok<ImageStore>) opened).value();
    if (store.sweep(STAGING_AGE_MAX) instanceof Stored.Failed<Integer> failed) {
      LOG.warn("store={}: {}", config.imageStore().uri(), failed.failure().message());
    }
    return store;
  }
}
