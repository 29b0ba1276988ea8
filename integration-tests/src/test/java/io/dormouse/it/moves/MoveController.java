package io.dormouse.it.moves;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.dormouse.checkpoint.agentapi.AgentClientConfig;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.dormouse.controller.agents.GrpcAgents;
import io.dormouse.controller.coordination.ZooKeeperCoordination;
import io.dormouse.controller.decide.EngineDecider;
import io.dormouse.controller.history.HistoryDatabase;
import io.dormouse.controller.history.JdbcHistory;
import io.dormouse.controller.machine.ControllerCore;
import io.dormouse.controller.machine.ControllerView;
import io.dormouse.controller.machine.Input;
import io.dormouse.controller.machine.MachineSettings;
import io.dormouse.controller.machine.Mode;
import io.dormouse.controller.machine.Scheduler;
import io.dormouse.controller.machine.Seams;
import io.dormouse.controller.machine.Service;
import io.dormouse.controller.rest.Metrics;
import io.dormouse.controller.rest.RestServer;
import io.dormouse.controller.rest.Tokens;
import io.dormouse.controller.traffic.RuntimeAddress;
import io.dormouse.controller.traffic.ServerName;
import io.dormouse.controller.traffic.TrafficDirector;
import io.dormouse.controller.traffic.TrafficSettings;
import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.Forecasts;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.SteadyClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A controller whose engine does what its site wishes: its state machine, agents, coordination,
 * traffic, history and HTTP interface are the real ones. Arguments: root folder, address of the
 * site, nodes.
 */
final class MoveController {
  static final Duration BEAT = Duration.ofMillis(200);
  static final Duration LEASE = Duration.ofSeconds(5);
  static final Duration SESSION = Duration.ofSeconds(3);
  private static final long HISTORY_ROWS = 10_000;
  private static final long REQUEST_BYTES_MAX = 10_000;
  private static final Duration TICK = Duration.ofMillis(40);

  /** A test's patience is shorter than that for real machines. */
  private static final MachineSettings.Patience PATIENCE =
      new MachineSettings.Patience(
          Duration.ofSeconds(3),
          Duration.ofSeconds(5),
          Duration.ofSeconds(20),
          Duration.ofSeconds(15),
          Duration.ofSeconds(20),
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofMinutes(10));

  private MoveController() {}

  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[0]);
    List<String> nodes = List.of(args).subList(2, args.length);
    BlockingQueue<Input> inputs = new LinkedBlockingQueue<>();
    InstantSource clock = SteadyClock.start();
    SiteAdapter adapter = new SiteAdapter(MoveFiles.instance(root), Path.of(args[1]), nodes);
    ZooKeeperCoordination coordination =
        new ZooKeeperCoordination(
            new ZooKeeperCoordination.Settings(
                "127.0.0.1:" + MoveFiles.ZOOKEEPER_PORT,
                MoveFiles.CELL,
                "controller-" + ProcessHandle.current().pid(),
                SESSION),
            inputs::add);
    GrpcAgents agents = agents(root, nodes, inputs);
    HistoryDatabase database =
        HistoryDatabase.open("jdbc:h2:file:%s".formatted(root.resolve("history")));
    AtomicReference<ControllerView> view = new AtomicReference<>();
    CompletableFuture<ControllerView> seen = new CompletableFuture<>();
    Seams seams =
        new Seams(
            coordination,
            agents,
            Scheduler.of(adapter),
            new TrafficDirector(traffic(root)),
            new WishDecider(
                adapter, new EngineDecider(EngineConfig.DEFAULT, Forecasts.NONE, clock.instant())),
            new JdbcHistory(database, HISTORY_ROWS),
            next -> {
              view.set(next);
              seen.complete(next);
            },
            UUID::randomUUID);
    ControllerCore core = new ControllerCore(settings(nodes), seams);
    adapter.start(event -> inputs.add(new Input.Scheduler(event)));
    agents.watch();
    coordination.start();
    var unused = seen.thenAccept(first -> serve(root, view::get, database, inputs::add));
    run(core, clock, inputs);
  }

  private static void serve(
      Path root, Supplier<ControllerView> view, HistoryDatabase database, Consumer<Input> inputs) {
    try {
      var unused =
          RestServer.start(
              new RestServer.Settings(
                  "127.0.0.1",
                  MoveFiles.REST_PORT,
                  new Tokens(
                      Optional.empty(), Optional.of(Tokens.read(MoveFiles.operatorToken(root)))),
                  REQUEST_BYTES_MAX),
              new RestServer.Backend(view, database, new Metrics(view), inputs, () -> true));
    } catch (IOException noToken) {
      throw new UncheckedIOException(noToken);
    }
  }

  private static void run(ControllerCore core, InstantSource clock, BlockingQueue<Input> inputs)
      throws InterruptedException {
    long nextTick = System.nanoTime();
    while (true) {
      Input input = inputs.poll(nextTick - System.nanoTime(), TimeUnit.NANOSECONDS);
      core.accept(clock.instant(), input == null ? new Input.Tick() : input);
      if (input == null) {
        nextTick = System.nanoTime() + TICK.toNanos();
      }
    }
  }

  private static MachineSettings settings(List<String> nodes) {
    return new MachineSettings(
        MoveFiles.CELL,
        Mode.ACT,
        nodes.stream().map(NodeId::new).collect(ImmutableSet.toImmutableSet()),
        BEAT,
        LEASE,
        PATIENCE,
        MachineSettings.Limits.DEFAULT);
  }

  private static GrpcAgents agents(Path root, List<String> nodes, BlockingQueue<Input> inputs)
      throws Exception {
    Path certificates = root.resolve("pki").resolve(MoveFiles.CONTROLLER);
    TlsFiles files = new io.dormouse.checkpoint.pki.authority.IssuedFiles(certificates).tls();
    TlsIdentity identity = TlsIdentity.open(files, Role.CONTROLLER, InstantSource.system());
    Map<NodeId, AgentClientConfig> clients =
        nodes.stream()
            .collect(
                Collectors.toMap(
                    NodeId::new,
                    node ->
                        AgentClientConfig.of(
                            node, Namespaces.address(nodes, node), MoveFiles.AGENT_PORT)));
    return GrpcAgents.connect(MoveFiles.CELL, clients, identity, inputs::add);
  }

  private static TrafficSettings traffic(Path root) {
    return new TrafficSettings(
        ImmutableList.of(new Service("counter", MoveFiles.instance(root), MoveFiles.SERVICE_PORT)),
        ImmutableMap.of("counter", new ServerName("counters", "s1")),
        ImmutableList.of(
            RuntimeAddress.parse(root.resolve("haproxy.sock").toString()).orElseThrow()),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1));
  }
}
