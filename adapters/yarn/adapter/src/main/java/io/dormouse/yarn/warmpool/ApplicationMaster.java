package io.dormouse.yarn.warmpool;

import io.dormouse.checkpoint.agentapi.BearerToken;
import io.dormouse.checkpoint.agentapi.TokenFile;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.spi.SteadyClock;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.client.api.AMRMClient.ContainerRequest;
import org.apache.hadoop.yarn.client.api.async.AMRMClientAsync;
import org.apache.hadoop.yarn.client.api.async.NMClientAsync;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The warm pool's ApplicationMaster. It registers with the ResourceManager under the host and port
 * of its protocol; when it ends, YARN ends all of its containers.
 */
public final class ApplicationMaster {
  /** The type of the application, by which controllers find it. */
  public static final String APPLICATION_TYPE = "DORMOUSE";

  private static final Logger LOG = LoggerFactory.getLogger(ApplicationMaster.class);
  private static final int HEARTBEAT_MILLIS = 100;
  private static final Duration TICK = Duration.ofMillis(100);
  private static final int EVENTS_MAX = 200_000;

  private final CompletableFuture<End> ended = new CompletableFuture<>();
  private final PoolFile file;
  private final String token;
  private final InetAddress address;
  private final ApplicationId applicationId;

  private ApplicationMaster(PoolFile file, ContainerId self, InetAddress address)
      throws IOException {
    this.file = file;
    this.token = TokenFile.read(Path.of(file.tokenFile()));
    this.address = address;
    this.applicationId = self.getApplicationAttemptId().getApplicationId();
  }

  /**
   * Runs until it is told to end.
   *
   * @param args the pool file
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      throw new IllegalArgumentException("The pool file must be the only argument.");
    }
    ContainerId self = ContainerId.fromString(environment("CONTAINER_ID"));
    InetAddress address = InetAddress.getByName(environment("NM_HOST"));
    End end = new ApplicationMaster(PoolFile.read(Path.of(args[0])), self, address).run();
    System.exit(end.asked() ? 0 : 1);
  }

  private static String environment(String name) {
    String value = System.getenv(name);
    if (value == null) {
      throw new IllegalStateException(
          "The variable %s is not set.%nMaybe this was not started by a NodeManager."
              .formatted(name));
    }
    return value;
  }

  private End run() throws IOException, YarnException, InterruptedException {
    PoolSpec spec = file.spec(idPrefix());
    Parts parts = new Parts();
    AMRMClientAsync<ContainerRequest> resourceManager =
        AMRMClientAsync.createAMRMClientAsync(
            HEARTBEAT_MILLIS,
            new YarnCallbacks.ResourceManagerSide(
                parts, reason -> ended.complete(new End(false, reason))));
    NMClientAsync nodeManagers =
        NMClientAsync.createNMClientAsync(new YarnCallbacks.NodeManagerSide(parts));
    YarnConfiguration conf = new YarnConfiguration();
    resourceManager.init(conf);
    nodeManagers.init(conf);
    // The ResourceManager ends all containers of an application that has unregistered.
    nodeManagers.getClient().cleanupRunningContainersOnStop(false);
    parts.containers = new YarnContainers(resourceManager, nodeManagers);
    try (RelayServer relays = new RelayServer(address, token, parts);
        PoolLoop loop = loop(spec, parts, relays)) {
      parts.loop.complete(loop);
      return serve(spec, parts, loop, resourceManager, nodeManagers);
    }
  }

  private PoolLoop loop(PoolSpec spec, Parts parts, RelayServer relays) {
    YarnActions actions =
        new YarnActions(
            parts.containers(),
            relays,
            parts.log,
            file.launcher(),
            kind ->
                new LaunchScript.Relay(
                    address.getHostAddress(),
                    relays.port(),
                    file.tokenFile(),
                    kind.request().memoryBytes()));
    WarmPool pool = new WarmPool(spec, actions, SteadyClock.start());
    return new PoolLoop(
        pool,
        TICK,
        error -> {
          LOG.error("The pool is broken.", error);
          ended.complete(new End(false, "The pool is broken: " + error));
        });
  }

  private End serve(
      PoolSpec spec,
      Parts parts,
      PoolLoop loop,
      AMRMClientAsync<ContainerRequest> resourceManager,
      NMClientAsync nodeManagers)
      throws IOException, YarnException, InterruptedException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(address, 0))
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(new BearerToken(token))
            .addService(
                new PoolService(
                    loop, parts.log, spec, () -> ended.complete(new End(true, "It was asked to."))))
            .build()
            .start();
    try {
      resourceManager.start();
      nodeManagers.start();
      resourceManager.registerApplicationMaster(address.getHostAddress(), server.getPort(), "");
      End end = ended.join();
      if (end.asked()) {
        LOG.info("The application ends: {}", end.reason());
        loop.tell(WarmPool::shutdown);
        resourceManager.unregisterApplicationMaster(
            FinalApplicationStatus.SUCCEEDED, end.reason(), "");
      } else {
        LOG.error("This attempt ends, YARN may begin another: {}", end.reason());
      }
      return end;
    } finally {
      server.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
      nodeManagers.stop();
      resourceManager.stop();
    }
  }

  private String idPrefix() {
    return "%s-%d"
        .formatted(
            Long.toString(applicationId.getClusterTimestamp(), Character.MAX_RADIX)
                .toLowerCase(Locale.ROOT),
            applicationId.getId());
  }

  /** Why it ends; an attempt that nobody asked to end does not unregister. */
  private record End(boolean asked, String reason) {}

  /** What the callbacks reach. */
  private static final class Parts implements YarnCallbacks.Wiring, RelayServer.Listener {
    final EventLog log = new EventLog(EVENTS_MAX);
    final CompletableFuture<PoolLoop> loop = new CompletableFuture<>();
    @org.jspecify.annotations.Nullable YarnContainers containers;

    @Override
    public YarnContainers containers() {
      return java.util.Objects.requireNonNull(containers);
    }

    @Override
    public PoolLoop loop() {
      return loop.join();
    }

    @Override
    public void connected(InstanceId instance, long link) {
      loop().tell(pool -> pool.workerConnected(instance, link));
    }

    @Override
    public void said(InstanceId instance, long link, String line) {
      WorkerLine parsed = WorkerLine.parse(line);
      loop().tell(pool -> pool.workerSaid(instance, link, parsed));
    }

    @Override
    public void gone(InstanceId instance, long link) {
      loop().tell(pool -> pool.workerGone(instance, link));
    }
  }
}
