package io.dormouse.controller;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.dormouse.checkpoint.agentapi.AgentClientConfig;
import io.dormouse.checkpoint.agentapi.PortFile;
import io.dormouse.checkpoint.pki.PkiException;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.dormouse.controller.agents.GrpcAgents;
import io.dormouse.controller.config.ControllerConfig;
import io.dormouse.controller.coordination.ZooKeeperCoordination;
import io.dormouse.controller.decide.EngineDecider;
import io.dormouse.controller.decide.EngineSettings;
import io.dormouse.controller.history.HistoryDatabase;
import io.dormouse.controller.history.JdbcHistory;
import io.dormouse.controller.machine.ControllerCore;
import io.dormouse.controller.machine.ControllerView;
import io.dormouse.controller.machine.Input;
import io.dormouse.controller.machine.MachineSettings;
import io.dormouse.controller.machine.Scheduler;
import io.dormouse.controller.machine.Seams;
import io.dormouse.controller.rest.Metrics;
import io.dormouse.controller.rest.RestServer;
import io.dormouse.controller.rest.Tokens;
import io.dormouse.controller.traffic.TrafficDirector;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.ClusterAdapter;
import io.dormouse.engine.spi.ClusterAdapterFactory;
import io.dormouse.engine.spi.SteadyClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The controller daemon: the state machine with everything real behind its seams. */
public final class Controller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

  private final ControllerLoop loop;
  private final RestServer rest;
  private final Deque<AutoCloseable> parts;

  private Controller(ControllerLoop loop, RestServer rest, Deque<AutoCloseable> parts) {
    this.loop = loop;
    this.rest = rest;
    this.parts = parts;
  }

  /**
   * Starts a controller with the adapter that the class path offers for the configured scheduler.
   *
   * @throws IOException if a token file, the certificate or the model of prices can't be used, or
   *     the port's file not be written
   * @throws IllegalArgumentException if there is no such adapter, or it refuses its settings
   */
  public static Controller start(ControllerConfig config) throws IOException {
    String name = config.scheduler().name();
    List<ClusterAdapterFactory> factories =
        ServiceLoader.load(ClusterAdapterFactory.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    ClusterAdapterFactory factory =
        factories.stream()
            .filter(candidate -> candidate.scheduler().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "The scheduler (%s) has no adapter here.%nMaybe one of %s is meant."
                            .formatted(
                                name,
                                factories.stream()
                                    .map(ClusterAdapterFactory::scheduler)
                                    .toList())));
    return start(config, factory.create(config.scheduler().settings()));
  }

  /**
   * Starts a controller on an adapter, which it closes in the end.
   *
   * @throws IOException if a token file or the model of prices can't be read
   */
  public static Controller start(ControllerConfig config, ClusterAdapter adapter)
      throws IOException {
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    parts.push(adapter);
    try {
      return new Starter(config, adapter, parts).start();
    } catch (IOException | RuntimeException e) {
      closeAll(parts);
      throw e;
    }
  }

  /** Where its HTTP interface listens. */
  public int restPort() {
    return rest.port();
  }

  /** Completes when the controller has stopped; exceptionally where a bug stopped it. */
  public CompletableFuture<Void> ended() {
    return loop.ended();
  }

  /**
   * Stops it, in bounded time. What is frozen thaws by its lease, unless another controller leads.
   */
  @Override
  public void close() {
    closeAll(parts);
  }

  private static void closeAll(Deque<AutoCloseable> parts) {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("part={} state=\"not closed\"", part.getClass().getSimpleName(), e);
      }
    }
  }

  /** Puts the parts together; what was started is in {@code parts}, the last first. */
  private record Starter(
      ControllerConfig config, ClusterAdapter adapter, Deque<AutoCloseable> parts) {
    Controller start() throws IOException {
      InstantSource clock = SteadyClock.start();
      Tokens tokens =
          new Tokens(
              token(config.rest().viewerTokenFile()), token(config.rest().operatorTokenFile()));
      AtomicReference<ControllerView> view = new AtomicReference<>(empty(clock));
      Metrics metrics = new Metrics(view::get);
      metrics.nodes(config.agents().addresses().keySet());
      HistoryDatabase database = HistoryDatabase.open(config.history().url());
      JdbcHistory history = own(new JdbcHistory(database, config.history().rows()));
      ControllerLoop loop = new ControllerLoop(clock, config.beat());
      ZooKeeperCoordination coordination = own(coordination(loop));
      GrpcAgents agents = own(agents(loop));
      TrafficDirector traffic = own(new TrafficDirector(config.traffic()));
      MachineSettings settings = settings();
      Seams seams =
          new Seams(
              coordination,
              agents,
              Scheduler.of(adapter),
              traffic,
              new EngineDecider(
                  EngineSettings.of(config), EngineSettings.forecasts(), clock.instant()),
              metrics.timing(history),
              view::set,
              UUID::randomUUID);
      metrics.counter("history.dropped", history::dropped);
      metrics.counter("inputs.dropped", loop::dropped);
      metrics.counter("traffic.changes", traffic::changes);
      metrics.counter("traffic.failures", traffic::failures);
      metrics.gauge("inputs.waiting", loop::waiting);
      loop.start(new ControllerCore(settings, seams));
      giveWayWhenFailed(loop, coordination);
      own(loop);
      adapter.start(event -> loop.accept(new Input.Scheduler(event)));
      agents.watch();
      coordination.start();
      RestServer rest =
          own(
              RestServer.start(
                  new RestServer.Settings(
                      config.rest().bind(),
                      config.rest().port(),
                      tokens,
                      config.rest().maxRequestBytes()),
                  new RestServer.Backend(view::get, database, metrics, loop, loop::live)));
      if (config.rest().portFile().isPresent()) {
        PortFile.write(config.rest().portFile().get(), rest.port());
      }
      LOG.info(
          "cell={} config={} mode={} state=started",
          config.cell(),
          config.version(),
          config.mode());
      return new Controller(loop, rest, parts);
    }

    /** Another controller takes over at once, however long this process takes to end. */
    private static void giveWayWhenFailed(ControllerLoop loop, ZooKeeperCoordination coordination) {
      var unused =
          loop.ended()
              .whenComplete(
                  (done, bug) -> {
                    if (bug != null) {
                      coordination.close();
                    }
                  });
    }

    private <T extends AutoCloseable> T own(T part) {
      parts.push(part);
      return part;
    }

    private ZooKeeperCoordination coordination(ControllerLoop loop) {
      return new ZooKeeperCoordination(
          new ZooKeeperCoordination.Settings(
              config.zookeeper().connect(),
              config.cell(),
              "controller-" + ProcessHandle.current().pid(),
              config.zookeeper().session()),
          loop);
    }

    private GrpcAgents agents(ControllerLoop loop) throws IOException {
      if (config.agents().tls().isEmpty()) {
        return GrpcAgents.none(config.cell(), loop);
      }
      TlsIdentity identity =
          own(
              TlsIdentity.open(
                  config.agents().tls().get(), Role.CONTROLLER, InstantSource.system()));
      if (!identity.name().cell().equals(config.cell())) {
        throw new PkiException(
            "The certificate in %s is that of the %s, and this is the cell %s."
                .formatted(
                    config.agents().tls().get().certificate(), identity.name(), config.cell()),
            "issue one with --cell " + config.cell());
      }
      return GrpcAgents.connect(config.cell(), agentClients(), identity, loop);
    }

    private Map<NodeId, AgentClientConfig> agentClients() {
      Map<NodeId, AgentClientConfig> clients = new HashMap<>();
      config
          .agents()
          .addresses()
          .forEach(
              (node, address) ->
                  clients.put(
                      node, AgentClientConfig.of(node.value(), address.host(), address.port())));
      return clients;
    }

    private MachineSettings settings() {
      return new MachineSettings(
          config.cell(),
          config.mode(),
          ImmutableSet.copyOf(config.agents().addresses().keySet()),
          config.beat(),
          config.lease(),
          MachineSettings.Patience.DEFAULT,
          MachineSettings.Limits.DEFAULT);
    }

    private ControllerView empty(InstantSource clock) {
      return new ControllerView(
          clock.instant(),
          config.cell(),
          config.mode(),
          Optional.empty(),
          false,
          false,
          ImmutableList.of(),
          ImmutableList.of(),
          ImmutableList.of(),
          ImmutableList.of(),
          0,
          ControllerView.noCounts());
    }

    private static Optional<String> token(Optional<Path> file) throws IOException {
      return file.isPresent() ? Optional.of(Tokens.read(file.get())) : Optional.empty();
    }
  }
}
