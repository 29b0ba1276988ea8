package io.dormouse.yarn.adapter;

import io.dormouse.engine.model.PoolId;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.spi.ClusterAdapter;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.engine.spi.SchedulerEvent;
import io.dormouse.yarn.warmpool.PoolToken;
import io.dormouse.yarn.warmpool.proto.PoolEvent;
import io.dormouse.yarn.warmpool.proto.PoolState;
import io.dormouse.yarn.warmpool.proto.Reply;
import io.grpc.CallCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * YARN as a controller sees it. All state belongs to one thread, which also delivers the events;
 * the connection to the warm pool is made anew, with growing pauses, whenever it breaks.
 */
final class YarnAdapter implements ClusterAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(YarnAdapter.class);
  private static final String ONE_PLACE_ONLY =
      "a warm pool on YARN keeps one container per instance: hibernate and wake it instead";
  private static final long PAUSE_FIRST_MILLIS = 250;
  private static final long PAUSE_MOST_MILLIS = 5_000;

  private final YarnSettings settings;
  private final InstantSource clock;
  private final ClusterModel model;
  private final LingeringContainers lingering;
  private final PendingCommands pending = new PendingCommands();
  private final AdapterThread thread = new AdapterThread();
  private volatile Optional<String> plan = Optional.empty();
  private Consumer<SchedulerEvent> events = event -> {};
  private Epoch epoch = new Epoch(0, 0);
  private long pauseMillis = PAUSE_FIRST_MILLIS;
  private @Nullable PluginEndpoint endpoint;
  private @Nullable PoolFinder finder;
  private @Nullable PoolSession session;
  private boolean connected;

  YarnAdapter(YarnSettings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.model = new ClusterModel(new PoolId(settings.pool()));
    this.lingering = new LingeringContainers(settings.releaseGrace());
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException when the plugin's address can't be listened on
   */
  @Override
  public void start(Consumer<SchedulerEvent> receiver) {
    events = receiver;
    try {
      endpoint = new PluginEndpoint(settings, view -> thread.run(() -> accept(view)), () -> plan);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The plugin's address (%s) can't be used.%nMaybe another controller runs here."
              .formatted(settings.pluginListen()),
          e);
    }
    thread.run(this::connect);
    thread.runEvery(Duration.ofSeconds(1), this::expire);
  }

  @Override
  public void execute(Epoch leader, SchedulerCommand command) {
    thread.run(
        () -> {
          epoch = leader;
          if (isEmpty()) {
            refuse(command.requestId());
          } else if (isOfMoves(command)) {
            events.accept(new SchedulerEvent.CommandRefused(command.requestId(), ONE_PLACE_ONLY));
          } else if (pending.add(leader, command, clock.instant())) {
            send(leader, command);
          } else {
            events.accept(
                new SchedulerEvent.CommandRefused(
                    command.requestId(), "Too many commands are under way."));
          }
        });
  }

  private static boolean isOfMoves(SchedulerCommand command) {
    return command instanceof SchedulerCommand.Reserve
        || command instanceof SchedulerCommand.Redirect
        || command instanceof SchedulerCommand.Unreserve;
  }

  @Override
  public Optional<String> onePlaceOnly() {
    return Optional.of(ONE_PLACE_ONLY);
  }

  @Override
  public void charge(Epoch leader, Duration lease) {
    thread.run(
        () -> {
          epoch = leader;
          if (session != null && connected) {
            session.charge(leader, lease, why -> LOG.debug("charge refused: {}", why));
          }
        });
  }

  private void send(Epoch leader, SchedulerCommand command) {
    if (session != null && connected) {
      session.execute(
          leader,
          command,
          reply -> thread.run(() -> answered(command.requestId(), reply)),
          cause -> LOG.warn("The command {} may not have arrived: {}", command, cause.toString()));
    }
  }

  private void answered(String requestId, Reply reply) {
    if (pending.remove(requestId)) {
      events.accept(
          reply.getRefusal().isEmpty()
              ? new SchedulerEvent.CommandDone(requestId)
              : new SchedulerEvent.CommandRefused(requestId, reply.getRefusal()));
    }
  }

  /** Sends again what got no answer, and gives up on what is too old. */
  private void expire() {
    Instant now = clock.instant();
    for (String requestId : pending.expired(now)) {
      events.accept(
          new SchedulerEvent.CommandRefused(requestId, "The warm pool has not answered."));
    }
    pending.unanswered(now).forEach(entry -> send(entry.epoch(), entry.command()));
  }

  private void connect() {
    try {
      if (finder == null) {
        finder = new PoolFinder(settings.resourceManager());
      }
      Optional<PoolFinder.Place> place = finder.find();
      if (place.isEmpty()) {
        if (!connected && finder.isEmpty()) {
          becomeEmpty();
        }
        retry("no warm pool runs yet");
        return;
      }
      CallCredentials token = PoolToken.read(settings.poolTokenFile());
      PoolSession fresh = new PoolSession(place.get().host(), place.get().port(), token);
      session = fresh;
      fresh.watch(listener(fresh));
    } catch (IOException | YarnException | RuntimeException e) {
      retry(e.toString());
    }
  }

  /** Where no warm pool is there are no instances: those of an ended one are over. */
  private void becomeEmpty() {
    accept(
        PoolEvent.newBuilder()
            .setAtMicros(ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()))
            .setState(PoolState.getDefaultInstance())
            .build());
    for (PendingCommands.Entry entry : pending.all()) {
      pending.remove(entry.command().requestId());
      refuse(entry.command().requestId());
    }
  }

  /** Whether it is known that there is no warm pool. */
  private boolean isEmpty() {
    return connected && session == null;
  }

  private void refuse(String requestId) {
    events.accept(new SchedulerEvent.CommandRefused(requestId, "No warm pool runs."));
  }

  private PoolSession.Listener listener(PoolSession source) {
    return new PoolSession.Listener() {
      @Override
      public void heard(PoolEvent event) {
        thread.run(
            () -> {
              if (session == source) {
                accept(event);
              }
            });
      }

      @Override
      public void broken(Throwable cause) {
        thread.run(
            () -> {
              if (session == source) {
                disconnected(cause);
              }
            });
      }
    };
  }

  private void accept(PoolEvent event) {
    SnapshotDelta delta = model.apply(event);
    boolean complete = event.hasState();
    if (complete) {
      connected = true;
      pauseMillis = PAUSE_FIRST_MILLIS;
      Instant now = clock.instant();
      event.getState().getInstancesList().forEach(state -> lingering.apply(state, now));
      pending.all().forEach(entry -> send(entry.epoch(), entry.command()));
    } else if (event.hasInstance()) {
      lingering.apply(event.getInstance(), clock.instant());
    }
    events.accept(new SchedulerEvent.ClusterChanged(delta, complete));
  }

  private void accept(PluginView view) {
    SnapshotDelta delta = model.apply(view);
    plan = lingering.plan(view, epoch, clock.instant());
    boolean changed =
        !delta.nodes().isEmpty()
            || !delta.goneNodes().isEmpty()
            || delta.pendingBytes().isPresent();
    if (connected && changed) {
      events.accept(new SchedulerEvent.ClusterChanged(delta, false));
    }
  }

  private void disconnected(Throwable cause) {
    if (session != null) {
      session.close();
      session = null;
    }
    if (connected) {
      connected = false;
      events.accept(new SchedulerEvent.Disconnected(String.valueOf(cause.getMessage())));
    }
    retry(String.valueOf(cause.getMessage()));
  }

  private void retry(String reason) {
    LOG.info("The warm pool is looked for again in {} ms: {}", pauseMillis, reason);
    thread.runAfter(Duration.ofMillis(pauseMillis), this::connect);
    pauseMillis = Math.min(PAUSE_MOST_MILLIS, pauseMillis * 2);
  }

  @Override
  public void close() {
    if (endpoint != null) {
      endpoint.close();
    }
    thread.run(this::closeConnections);
    thread.close();
  }

  private void closeConnections() {
    if (session != null) {
      session.close();
    }
    if (finder != null) {
      finder.close();
    }
  }
}
