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
import io.dormouse.controller.machine.ActionOutcome;
import io.dormouse.controller.machine.ControllerCore;
import io.dormouse.controller.machine.Disposition;
import io.dormouse.controller.machine.History;
import io.dormouse.controller.machine.Input;
import io.dormouse.controller.machine.MachineSettings;
import io.dormouse.controller.machine.Mode;
import io.dormouse.controller.machine.Scheduler;
import io.dormouse.controller.machine.Seams;
import io.dormouse.controller.machine.Service;
import io.dormouse.controller.traffic.RuntimeAddress;
import io.dormouse.controller.traffic.ServerName;
import io.dormouse.controller.traffic.TrafficDirector;
import io.dormouse.controller.traffic.TrafficSettings;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.SteadyClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A controller whose engine does what an operator wishes: its state machine, agents, coordination
 * and traffic are the real ones. Arguments: root folder, address of the site, nodes.
 */
final class MoveController {
  static final Duration BEAT = Duration.ofMillis(200);
  static final Duration LEASE = Duration.ofSeconds(5);
  static final Duration SESSION = Duration.ofSeconds(3);
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
    Seams seams =
        new Seams(
            coordination,
            agents,
            Scheduler.of(adapter),
            new TrafficDirector(traffic(root)),
            new WishDecider(adapter),
            new Told(),
            view -> {},
            UUID::randomUUID);
    ControllerCore core = new ControllerCore(settings(nodes), seams);
    adapter.start(event -> inputs.add(new Input.Scheduler(event)));
    agents.watch();
    coordination.start();
    run(core, clock, inputs);
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

  /** Says what happened, in the log. */
  private static final class Told implements History {
    @Override
    public void decided(DecisionRecord decision, Disposition disposition) {
      System.out.printf("decided %s: %s%n", decision.action(), disposition.words());
    }

    @Override
    public void ended(ActionOutcome outcome) {
      System.out.printf(
          "ended %s %s: %s%n", outcome.intent().id(), outcome.result(), outcome.reason());
    }
  }
}
