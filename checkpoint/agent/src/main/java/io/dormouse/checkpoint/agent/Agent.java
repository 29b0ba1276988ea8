package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.transfer.Pulls;
import io.dormouse.checkpoint.agent.transfer.TlsPeers;
import io.dormouse.checkpoint.agent.transfer.TransferDesk;
import io.dormouse.checkpoint.agentapi.PortFile;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.Inventory;
import io.dormouse.checkpoint.engines.Ability;
import io.dormouse.checkpoint.engines.CapsuleEngine;
import io.dormouse.checkpoint.engines.InstanceEngine;
import io.dormouse.checkpoint.images.files.PrivateFiles;
import io.dormouse.checkpoint.pki.PkiException;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.grpc.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node agent as a whole. Instances do not depend on it: an agent that was killed and started
 * again finds its instances, their states and their leases. Thread-safe.
 */
public final class Agent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
  private static final int INSTANCES_MAX = 1_024;
  private static final int PULLS_AT_ONCE = 2;
  private static final int PULLS_WAITING_MAX = 64;
  private static final int IMAGE_READERS = 4;
  private static final long COLLECT_PERIOD_MILLIS = 600_000;
  private static final long EXIT_PERIOD_MILLIS = 100;
  private static final long TELEMETRY_PERIOD_MILLIS = 5_000;

  private final AgentConfig config;
  private final StateLock lock;
  private final TlsIdentity identity;
  private final ExecutorService strands;
  private final ScheduledThreadPoolExecutor timers;
  private final ScheduledThreadPoolExecutor collector;
  private final ScheduledThreadPoolExecutor sampler;
  private final ExecutorService readers;
  private final Pulls pulls;
  private final EventBus events;
  private final Instances instances;
  private final ThinConversation conversation;
  private final ThinServer thinServer;
  private final Server grpcServer;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Opens everything in order; see {@link #start}. */
  private Agent(AgentConfig config, OpenEngine engine, StateLock lock, TlsIdentity identity)
      throws IOException {
    this.config = config;
    this.lock = lock;
    this.identity = identity;
    Path state = PrivateFiles.directory(config.stateDirectory().resolve("agent"));
    this.events = new EventBus();
    this.timers = AgentThreads.timers("timers");
    this.collector = AgentThreads.timers("collector");
    this.sampler = AgentThreads.timers("sampler");
    this.strands = Executors.newCachedThreadPool(AgentThreads.named("instance"));
    Parts parts =
        OpenParts.of(config, engine, state, AgentThreads.onTimers(timers), events::publish);
    this.instances = new Instances(parts, strands, INSTANCES_MAX);
    Object unused = new Recovery(instances).run().join();
    this.readers = AgentThreads.bounded("image-reader", IMAGE_READERS, INSTANCES_MAX);
    this.pulls =
        new Pulls(
            config.node(),
            parts.store(),
            new TlsPeers(identity),
            AgentThreads.bounded("image-pull", PULLS_AT_ONCE, PULLS_WAITING_MAX));
    NodeNames names = new NodeNames(state.resolve("names.json"), config.schedulerUids());
    Commands commands =
        new Commands(
            instances,
            pulls,
            new EpochGate(state.resolve("epochs.json")),
            new RequestLog(state.resolve("requests")),
            names);
    this.conversation =
        new ThinConversation(new ThinDesk(instances), names, parts.clock().timers());
    GrpcDesk desk = new GrpcDesk(commands, events, () -> inventory(names), INSTANCES_MAX);
    this.grpcServer =
        AgentThreads.grpc(
            desk, new TransferDesk(parts.store(), readers), identity, config.listen());
    this.thinServer = startThinServer(new PeerIdentities(state));
    startHousekeeping();
  }

  private ThinServer startThinServer(PeerIdentities peers) throws IOException {
    try {
      return ThinServer.start(
          config.socket(),
          peers,
          conversation,
          new ConnectionLimits(INSTANCES_MAX, INSTANCES_MAX / 2));
    } catch (IOException | RuntimeException e) {
      grpcServer.shutdownNow();
      throw e;
    }
  }

  /**
   * Starts an agent on the engine of its configuration.
   *
   * @throws IOException as {@link #start(AgentConfig, OpenEngine)}, or if the engine does not work
   *     on this host
   */
  public static Agent start(AgentConfig config) throws IOException {
    Agent agent = start(config, OpenEngine.of(config));
    if (agent.instances.parts().engine().abilities().contains(Ability.IMAGE)) {
      var unused = agent.collector.submit(agent.rehearsal()::run);
    }
    return agent;
  }

  /**
   * Starts an agent on an engine.
   *
   * @throws IOException if the state directory is another agent's, its certificate can't be used,
   *     the store can't be opened, or an address is in use; the message says which
   */
  public static Agent start(AgentConfig config, OpenEngine engine) throws IOException {
    Files.createDirectories(config.stateDirectory());
    StateLock lock = StateLock.take(config.stateDirectory());
    try {
      return start(config, engine, lock, identity(config));
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static Agent start(
      AgentConfig config, OpenEngine engine, StateLock lock, TlsIdentity identity)
      throws IOException {
    try {
      Agent agent = new Agent(config, engine, lock, identity);
      agent.writePort();
      LOG.info(
          "node={} engine={} port={} socket={}: the agent is up",
          config.node(),
          engine.engine().name(),
          agent.port(),
          config.socket());
      return agent;
    } catch (IOException | RuntimeException e) {
      identity.close();
      throw e;
    }
  }

  private static TlsIdentity identity(AgentConfig config) throws IOException {
    TlsIdentity identity = TlsIdentity.open(config.tls(), Role.AGENT, InstantSource.system());
    if (!identity.name().node().equals(config.node())) {
      identity.close();
      throw new PkiException(
          "The certificate in %s is that of the %s, and this is the node %s."
              .formatted(config.tls().certificate(), identity.name(), config.node()),
          "it was copied from another node: issue one for this.");
    }
    return identity;
  }

  /** The port that controllers connect to. */
  public int port() {
    return grpcServer.getPort();
  }

  /** Waits until the agent is closed. */
  public void awaitClosed() throws InterruptedException {
    closed.await();
  }

  /**
   * Stops the agent. Instances stay as they are, and leases go on being kept by the next agent,
   * unless the configuration says to end them. Waits for commands under way.
   */
  @Override
  public void close() throws IOException {
    timers.shutdownNow();
    collector.shutdownNow();
    sampler.shutdownNow();
    events.close();
    pulls.close();
    grpcServer.shutdown();
    if (config.endInstancesOnShutdown()) {
      endInstances();
    }
    conversation.close();
    thinServer.close();
    strands.shutdown();
    try {
      boolean done =
          grpcServer.awaitTermination(OpenParts.QUICK.toMillis(), TimeUnit.MILLISECONDS)
              && strands.awaitTermination(OpenParts.SLOW.toMillis(), TimeUnit.MILLISECONDS);
      if (!done) {
        LOG.warn("node={}: work was under way when the agent ended.", config.node());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    grpcServer.shutdownNow();
    readers.shutdown();
    identity.close();
    instances.parts().store().close();
    lock.close();
    closed.countDown();
  }

  private void endInstances() {
    CompletableFuture<?>[] ends =
        instances.all().stream()
            .map(session -> instances.on(session, Agent::endOne))
            .toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(ends).get(OpenParts.SLOW.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      LOG.error("node={}: not all instances could be ended.", config.node(), e);
    }
    InstanceEngine engine = instances.parts().engine();
    if (engine instanceof CapsuleEngine capsules) {
      var unused = capsules.removeSharedCgroup();
    }
  }

  private static boolean endOne(Session session) {
    Ending.terminate(session, EndReason.TERMINATED, "The agent was stopped with its instances.");
    Ending.clean(session);
    return true;
  }

  private Inventory inventory(NodeNames names) {
    return Inventory.newBuilder()
        .setAbilities(instances.parts().abilities())
        .addAllSchedulerNodes(names.all())
        .addAllInstances(instances.statuses())
        .build();
  }

  private void startHousekeeping() {
    Housekeeping housekeeping = new Housekeeping(instances);
    AgentThreads.repeat(timers, EXIT_PERIOD_MILLIS, housekeeping::lookForExits);
    AgentThreads.repeat(sampler, TELEMETRY_PERIOD_MILLIS, housekeeping::measure);
    Trials trials = new Trials(instances, config.stateDirectory().resolve("trial"));
    trials.sweep();
    if (config.trialDumps()) {
      AgentThreads.repeat(sampler, TELEMETRY_PERIOD_MILLIS, trials::look);
    }
    AgentThreads.repeat(collector, COLLECT_PERIOD_MILLIS, housekeeping::collect);
  }

  private Rehearsal rehearsal() {
    return new Rehearsal(
        config.stateDirectory().resolve("rehearsal"), instances.parts().settings().host());
  }

  private void writePort() throws IOException {
    if (config.listen().portFile().isPresent()) {
      PortFile.write(config.listen().portFile().get(), port());
    }
  }
}
